package properties

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/harness"
)

// OneHolder asks that at most one client holds a lock at any moment of true time. The function returns who holds it now, each as it believes
// itself by its own clock: a client that only thinks it holds the lock acts as if it did. Green shows nothing for moments at which nobody looked; in a world, every
// step is looked at, and beliefs begin in steps.
func OneHolder(holders func(system any) []Holder) harness.Invariant {
	return harness.Invariant{Name: "one-holder", Doc: "at most one client believes that it holds the lock", Always: true,
		Check: func(system any) error {
			if list := holders(system); len(list) > 1 {
				return fmt.Errorf("%d do at once: %v", len(list), list)
			}
			return nil
		}}
}

// A Holder is who believes to hold a lock, and its fencing token.
type Holder struct {
	Client string
	Token  uint64
}

// String prints the holder.
func (h Holder) String() string { return fmt.Sprintf("%s with token %d", h.Client, h.Token) }

// An Acquisition is one time that a lock was acquired: when the attempt began and ended, by one clock that all acquisitions share, and the fencing
// token that came with it.
type Acquisition struct {
	Client     string
	Begin, End int64
	Token      uint64
}

// TokensRise asks that who acquires a lock later has the larger fencing token (Kleppmann, Designing Data-Intensive Applications, 2017, chapter 8, Fencing tokens).
// Attempts that overlap in time may have theirs in either order, but never the same. Green says nothing about whether anybody checks tokens; that is [Fenced].
func TokensRise(acquired func(system any) []Acquisition) *harness.Property {
	return &harness.Property{Name: "tokens-rise", Doc: "an acquisition that begins after another has ended has the larger token",
		Check: func(r *harness.Run) harness.Verdict { return rising(acquired(r.System)) }}
}

// rising compares each acquisition with the largest token of those that ended before it began. The list is in the order of the ends.
func rising(list []Acquisition) harness.Verdict {
	owner := map[uint64]Acquisition{}
	for i, a := range list {
		if b, twice := owner[a.Token]; twice {
			return harness.Violation("tokens-rise", "two acquisitions have the same token", fmt.Sprintf("%s\n%s\n", b, a))
		}
		owner[a.Token] = a
		for _, b := range list[:i] {
			if b.End < a.Begin && b.Token > a.Token {
				return harness.Violation("tokens-rise", "a later acquisition has a smaller token", fmt.Sprintf("%s\n%s\n", b, a))
			}
		}
	}
	return harness.HeldVerdict()
}

// String prints who acquired which token when.
func (a Acquisition) String() string {
	return fmt.Sprintf("%s acquired token %d from %d to %d", a.Client, a.Token, a.Begin, a.End)
}

// Fenced asks that a resource never accepts an older token after a newer one. The function returns the tokens that it accepted so far, in order. Green
// says nothing about whether newer tokens belong to later holders; that is [TokensRise].
func Fenced(accepted func(system any) []uint64) harness.Invariant {
	return harness.Invariant{Name: "fenced", Doc: "the resource accepts no older token after a newer one", Always: true,
		Check: func(system any) error {
			newest := uint64(0)
			for i, t := range accepted(system) {
				if t < newest {
					return fmt.Errorf("token %d was accepted as number %d, after %d", t, i+1, newest)
				}
				newest = t
			}
			return nil
		}}
}

// A Tried is the result of an operation on a number that may fail, or of which nobody knows whether it took effect.
type Tried struct {
	// Value is the number that was read or written, if How is Done.
	Value int
	How   How
}

// How an operation ended.
type How uint8

// The ways.
const (
	// Unsure means that no answer came: the operation may have taken effect, may still, or never will.
	Unsure How = iota
	// Done means that it took effect.
	Done
	// Refused means that it had no effect and never will.
	Refused
)

// Indeterminate reports whether nobody knows if the operation took effect: the harness records such a call as pending.
func (t Tried) Indeterminate() bool { return t.How == Unsure }

// String prints the value, or how it failed.
func (t Tried) String() string {
	return [...]string{"unsure", fmt.Sprint(t.Value), "refused"}[t.How]
}

// GuardedNumber specifies a number that clients raise under a lock: bump(n) adds one and returns the new value, whatever n says about how; read returns it; abandon
// does nothing to it. Two clients inside at once lose an addition.
func GuardedNumber() *harness.Model {
	return harness.NewModel("guarded-number", "bump returns one more than the number was, or is refused and changes nothing; read returns the number", 0,
		harness.Allows("bump", func(s, _ int, r Tried) (int, bool) {
			if r.How == Refused {
				return s, true
			}
			return s + 1, r.Value == s+1
		}, func(s, _ int) (int, bool) { return s + 1, true }),
		harness.Does0("read", func(s int) (int, Tried) { return s, Tried{s, Done} }),
		harness.Does0("abandon", func(s int) (int, harness.None) { return s, harness.None{} }))
}
