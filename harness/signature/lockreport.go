package signature

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lockHeader is how go-deadlock starts a report.
const lockHeader = "POTENTIAL DEADLOCK:"

// lockFrame matches the call that takes a lock, the first of each stack in a report of go-deadlock: "queue.go:41 queue.(*Queue).Put { q.mu.Lock() } <<<<<".
var lockFrame = regexp.MustCompile(`^(\S.*):(\d+) (\S+) .*<<<<<$`)

// lockReports returns one failure for each report of go-deadlock.
func lockReports(d *document) []Failure {
	var found []Failure
	for i, l := range d.lines {
		if rest, ok := strings.CutPrefix(l, lockHeader); ok {
			found = append(found, lockFailure(d, i, strings.TrimSpace(rest)))
		}
	}
	return found
}

// lockFailure names the report whose header is in line from. It tells of two orders of two locks, of a goroutine that takes a lock twice, or of one that waits for a
// lock for too long.
func lockFailure(d *document, from int, says string) Failure {
	taken, to := lockSites(d, from)
	f := Failure{Kind: Lock, Test: d.testAt(from), Excerpt: d.excerpt(from, to), Essence: d.essence(from, to)}
	sort, join := "wait", " held since "
	switch {
	case strings.HasPrefix(says, "Inconsistent locking") && len(taken) >= 4:
		f.nameOrder(taken[:4])
		return f
	case strings.HasPrefix(says, "Recursive locking"):
		sort, join = "recursive", " after "
	default:
		slices.Reverse(taken) // who waits comes last
	}
	var exact, family, human []string
	for _, t := range taken {
		exact, family, human = append(exact, t.exact()), append(family, t.declared()), append(human, t.human())
		f.Site = firstNonEmpty(f.Site, t.site())
	}
	f.Signature = "lock " + sort + ": " + strings.Join(exact, join)
	f.Family = "lock " + sort + ": " + strings.Join(family, join)
	f.Title = map[string]string{"wait": "a lock is waited for for too long: ", "recursive": "a goroutine takes a lock that it holds: "}[sort] + strings.Join(human, join)
	return f
}

// nameOrder names two orders: one lock taken, then the other, and the other way round. Which was seen first is chance.
func (f *Failure) nameOrder(taken []frame) {
	pair := func(name func(frame) string) string {
		sides := []string{name(taken[0]) + " then " + name(taken[1]), name(taken[2]) + " then " + name(taken[3])}
		slices.Sort(sides)
		return strings.Join(slices.Compact(sides), " | ")
	}
	f.Signature, f.Family = "lock order: "+pair(frame.exact), "lock order: "+pair(frame.declared)
	f.Title = "two locks are taken in both orders: " + pair(frame.human)
	f.Site = taken[0].site()
}

// lockSites returns where locks were taken, in the order of a report, without those of others, and the end of the report.
func lockSites(d *document, from int) (taken []frame, to int) {
	for i := from + 1; i < len(d.lines); i++ {
		l := d.lines[i]
		switch {
		case strings.HasPrefix(l, "Other goroutines holding locks:"), strings.HasPrefix(l, lockHeader), strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "=== "):
			return taken, i
		}
		if m := lockFrame.FindStringSubmatch(l); m != nil {
			line, _ := strconv.Atoi(m[2])
			taken = append(taken, frame{m[3], m[1], line})
		}
	}
	return taken, len(d.lines)
}
