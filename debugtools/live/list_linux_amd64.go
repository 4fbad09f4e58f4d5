package live

import (
	"debug/buildinfo"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// List returns the Go programs that this user may read, by process number, without the own. It takes time linear in the number of processes; programs
// that cannot be looked at are left out.
func List() ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var all []Process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if p, ok := look(pid); ok {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Process) int { return a.PID - b.PID })
	return all, nil
}

// look reports whether a process is a Go program, and which.
func look(pid int) (Process, bool) {
	info, err := buildinfo.ReadFile(proc(pid, "exe"))
	if err != nil {
		return Process{}, false
	}
	p := Process{PID: pid, Go: strings.TrimPrefix(info.GoVersion, "go")}
	if raw, err := os.ReadFile(proc(pid, "cmdline")); err == nil {
		p.Command = commandLine(raw)
	}
	if st, err := os.Stat(proc(pid, "")); err == nil {
		if sys, ok := st.Sys().(*syscall.Stat_t); ok {
			p.User = int(sys.Uid)
		}
	}
	return p, p.Command != ""
}
