package live

import (
	"strconv"
	"strings"
)

// A mapping is a range of the address space of a process: a line of /proc/PID/maps.
type mapping struct {
	from, to uint64
	read     bool
	write    bool
	offset   uint64
	inode    uint64
	path     string // may end in " (deleted)"; empty if no file is behind it
}

// parseMaps reads the text of /proc/PID/maps (proc_pid_maps(5)). Lines that are none are left out.
func parseMaps(text string) []mapping {
	var all []mapping
	for line := range strings.Lines(text) {
		if m, ok := parseMapping(strings.TrimSuffix(line, "\n")); ok {
			all = append(all, m)
		}
	}
	return all
}

// parseMapping reads one line: "from-to perms offset dev inode   path".
func parseMapping(line string) (m mapping, ok bool) {
	var f [5]string
	for i := range f {
		f[i], line, _ = strings.Cut(strings.TrimLeft(line, " "), " ")
	}
	from, to, _ := strings.Cut(f[0], "-")
	var errs [4]error
	m.from, errs[0] = strconv.ParseUint(from, 16, 64)
	m.to, errs[1] = strconv.ParseUint(to, 16, 64)
	m.offset, errs[2] = strconv.ParseUint(f[2], 16, 64)
	m.inode, errs[3] = strconv.ParseUint(f[4], 10, 64)
	for _, err := range errs {
		if err != nil {
			return mapping{}, false
		}
	}
	m.read, m.write = strings.HasPrefix(f[1], "r"), strings.HasPrefix(f[1], "rw")
	m.path = strings.TrimLeft(line, " ")
	return m, m.from < m.to
}

// ofProgram returns the mappings of the file whose path is given, and those without a file that follow it directly: variables without an initial value.
func ofProgram(all []mapping, path string) []mapping {
	var own []mapping
	end := uint64(0)
	for _, m := range all {
		mine := m.path == path && m.inode != 0
		if mine || m.path == "" && m.from == end && end != 0 {
			own = append(own, m)
			end = m.to
		}
	}
	return own
}
