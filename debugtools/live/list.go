package live

import (
	"strconv"
	"strings"
)

// A Process is a running Go program.
type Process struct {
	PID     int
	Command string // its arguments, the first as it was called
	Go      string // "1.26.8"
	User    int    // its number
}

// longestCommand bounds Process.Command in bytes.
const longestCommand = 200

// commandLine makes one line of the content of /proc/PID/cmdline.
func commandLine(raw []byte) string {
	s := strings.ReplaceAll(strings.TrimRight(string(raw), "\x00"), "\x00", " ")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > longestCommand {
		s = strings.ToValidUTF8(s[:longestCommand], "") + "..."
	}
	return s
}

// tracerOf returns the process that traces another, by the text of /proc/PID/status, or 0.
func tracerOf(status string) int {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "TracerPid:"); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(rest))
			return n
		}
	}
	return 0
}

// innermost returns the number of a thread in the innermost namespace that it is in, by the text of its status file, or what is given if that does not tell.
func innermost(status string, tid int) uint64 {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "NSpid:"); ok {
			numbers := strings.Fields("0 " + rest)
			if n, err := strconv.ParseUint(numbers[len(numbers)-1], 10, 64); err == nil && n > 0 {
				return n
			}
		}
	}
	return uint64(tid)
}
