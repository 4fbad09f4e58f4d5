package dump

import (
	"bytes"
	"strconv"
	"strings"
)

// maxRaceLines bounds a report whose end is missing.
const maxRaceLines = 2000

// race reads a report of the race detector, whose first line is the current one.
func (p *parser) race() {
	r := Race{Line: p.src.line}
	p.src.advance()
	var frames *[]Frame // where frames go
	for range maxRaceLines {
		a, b, n := p.src.pair()
		if n == 0 || bytes.HasPrefix(a, []byte("==================")) || bytes.Contains(a, []byte(raceHeader)) {
			break
		}
		if _, ok := p.head.parse(a); ok {
			break
		}
		if access, ok := parseAccess(string(a)); ok {
			r.Accesses = append(r.Accesses, access)
			frames = &r.Accesses[len(r.Accesses)-1].Frames
		} else if id, ok := created(string(a)); ok {
			frames = r.creation(id)
		} else if f, ok := raceFrame(a, b); ok && frames != nil {
			*frames = append(*frames, f)
			p.src.advance()
		}
		p.src.advance()
	}
	p.dump.Races = append(p.dump.Races, r)
}

// parseAccess reads "Previous atomic write at 0x00c00001 by goroutine 7:" or "... by main goroutine:".
func parseAccess(line string) (a Access, ok bool) {
	what, rest, found := strings.Cut(line, " at 0x")
	addr, by, named := strings.Cut(rest, " by ")
	if !found || !named {
		return a, false
	}
	what = strings.ToLower(what)
	a.Write, a.Atomic = strings.HasSuffix(what, "write"), strings.Contains(what, "atomic")
	if !a.Write && !strings.HasSuffix(what, "read") {
		return a, false
	}
	var err error
	if a.Addr, err = strconv.ParseUint(addr, 16, 64); err != nil {
		return a, false
	}
	by = strings.TrimSuffix(strings.TrimSpace(by), ":")
	if id, ok := strings.CutPrefix(by, "goroutine "); ok {
		a.Goroutine, _ = strconv.ParseInt(id, 10, 64)
	}
	return a, true
}

// created reads "Goroutine 7 (running) created at:".
func created(line string) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(line, "Goroutine ")
	number, rest, found := strings.Cut(rest, " (")
	if !ok || !found || !strings.HasSuffix(rest, ") created at:") {
		return 0, false
	}
	id, err := strconv.ParseInt(number, 10, 64)
	return id, err == nil
}

// creation returns where the frames of the creation of a goroutine go: to its first access that has none, or nowhere.
func (r *Race) creation(id int64) *[]Frame {
	for i := range r.Accesses {
		if a := &r.Accesses[i]; a.Goroutine == id && a.Created == nil {
			return &a.Created
		}
	}
	return nil
}

// raceFrame reads "  main.f()" and "      /src/main.go:12 +0x1d".
func raceFrame(a, b []byte) (f Frame, ok bool) {
	name, ok := bytes.CutSuffix(bytes.TrimSpace(a), []byte("()"))
	file := filePart(b)
	if !ok || file == nil || len(name) == 0 {
		return f, false
	}
	f.Func = string(name)
	f.File, f.Line = place(string(file))
	return f, true
}
