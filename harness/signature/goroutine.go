package signature

import "strings"

// A goroutine is one entry of a dump.
type goroutine struct {
	state   string // the wait reason without remarks and minutes
	bubble  bool   // it belongs to a synctest bubble
	frames  []frame
	creator frame // the zero frame if unknown
	from    int   // its lines in the document
	to      int
}

// maxFrames bounds the frames kept of one goroutine.
const maxFrames = 128

// parseGoroutines reads the goroutines of a dump in lines from..to. Lines that belong to none are skipped.
func parseGoroutines(lines []string, from, to int) []goroutine {
	var all []goroutine
	for i := from; i < to; {
		state, ok := parseHeader(lines[i])
		if !ok {
			i++
			continue
		}
		g := parseGoroutine(lines, i, to)
		g.state, g.bubble = cleanState(state)
		all = append(all, g)
		i = g.to
	}
	return all
}

// parseGoroutine reads the stack below the header in line from: up to the next header, or an empty line that no stack follows.
func parseGoroutine(lines []string, from, to int) goroutine {
	g := goroutine{from: from, to: from + 1}
	for i := from + 1; i < to; i++ {
		if _, ok := parseHeader(lines[i]); ok {
			break
		}
		if lines[i] == "" || strings.HasPrefix(lines[i], "[originating from") {
			break
		}
		g.to = i + 1
		if i+1 == to {
			break
		}
		f, ok := parseFrame(lines[i], lines[i+1])
		if !ok {
			continue
		}
		if strings.HasPrefix(lines[i], "created by ") {
			g.creator = f
		} else if len(g.frames) < maxFrames {
			g.frames = append(g.frames, f)
		}
		i++
		g.to = i + 1
	}
	return g
}

// parseHeader reads "goroutine 19 gp=0x1 m=nil [chan receive, 2 minutes]:" and returns what stands in the brackets.
func parseHeader(line string) (state string, ok bool) {
	rest, ok := strings.CutPrefix(line, "goroutine ")
	if !ok || !strings.HasSuffix(rest, "]:") || rest[0] < '0' || rest[0] > '9' {
		return "", false
	}
	open := strings.IndexByte(rest, '[')
	if open < 0 {
		return "", false
	}
	return rest[open+1 : len(rest)-2], true
}

// cleanState removes labels, remarks and waiting times, which change from run to run, from a state.
func cleanState(s string) (state string, bubble bool) {
	bubble = strings.Contains(s, ", synctest bubble ")
	s, _, _ = strings.Cut(s, " labels:{")
	s, _, _ = strings.Cut(s, ", ")
	for _, remark := range []string{" (scan)", " (leaked)", " (durable)"} {
		s = strings.ReplaceAll(s, remark, "")
	}
	switch s {
	case "runnable", "copystack", "preempted", "waiting", "syscall", "idle":
		s = "running"
	}
	return s, bubble
}
