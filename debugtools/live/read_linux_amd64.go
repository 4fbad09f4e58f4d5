package live

import (
	"fmt"
	"os"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Read takes a dump of the running Go program with that process number, which may be the own. Its Form is [dump.FormLive], its goroutines are sorted by number.
//
// An error that people can do something about is an [Error]; ErrPlatform, ErrNotGo, ErrVersion and ErrMoving are found by errors.Is. It takes time linear in the
// size of the program, the number of goroutines and the depth of their stacks, and memory for the distinct stacks.
func Read(pid int, o Options) (*dump.Dump, error) {
	o = o.defaults()
	began := monotonic()
	own, err := mapsOf(pid)
	if err != nil {
		return nil, err
	}
	mem, err := openProcess(pid, own[0].from)
	if err != nil {
		return nil, err
	}
	defer mem.close()
	file, err := os.Open(proc(pid, "exe"))
	if err != nil {
		return nil, explain(pid, err)
	}
	defer file.Close()
	p, err := openProgram(file, mem, own)
	if err != nil {
		return nil, fmt.Errorf("process %d: %w", pid, err)
	}
	d, err := readAll(pid, p, o)
	o.Stats.Elapsed = nanoseconds(monotonic() - began)
	return d, err
}

// readAll reads the goroutines of a program, which stands still meanwhile if that is wanted.
func readAll(pid int, p *program, o Options) (*dump.Dump, error) {
	r := newReader(p, o, clockOf(pid))
	run := r.all
	if o.Stop {
		run = func() error {
			return stopped(pid, func(threads map[uint64]registers) error {
				began := monotonic()
				defer func() { o.Stats.Paused = nanoseconds(monotonic() - began) }()
				r.threads = threads
				return r.all()
			})
		}
	}
	if err := run(); err != nil {
		return nil, explain(pid, err)
	}
	return r.finish(), nil
}

// mapsOf returns the mappings of the program that a process runs.
func mapsOf(pid int) ([]mapping, error) {
	text, err := os.ReadFile(proc(pid, "maps"))
	if err != nil {
		return nil, explain(pid, err)
	}
	exe, err := os.Readlink(proc(pid, "exe"))
	if err != nil {
		return nil, explain(pid, err)
	}
	own := ofProgram(parseMaps(string(text)), exe)
	if len(own) == 0 {
		return nil, &Error{Err: fmt.Errorf("process %d has no program in memory", pid), Hint: "it has ended, or is a thread of the kernel"}
	}
	return own, nil
}

// clockOf returns the present time on the clock of a process, or 0 if it lives in a time namespace of its own: then nothing is said about how long it waits.
func clockOf(pid int) int64 {
	mine, _ := os.Readlink("/proc/self/ns/time")
	its, _ := os.Readlink(proc(pid, "ns/time"))
	if mine != its {
		return 0
	}
	return monotonic()
}
