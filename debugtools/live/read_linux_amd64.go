package live

import (
	"fmt"
	"os"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// An Inspector reads one running program again and again: what does not change is looked up once. It is for one goroutine at a time.
type Inspector struct {
	pid     int
	mem     *process
	program *program
}

// Open prepares to read the running Go program with that process number, which may be the own. Close must be called. The errors are those of Read. It
// takes time linear in
// the size of the program's file.
func Open(pid int) (*Inspector, error) {
	own, err := mapsOf(pid)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(proc(pid, "exe"))
	if err != nil {
		return nil, explain(pid, err)
	}
	defer file.Close()
	mem, err := openProcess(pid, own[0].from)
	if err != nil {
		return nil, err
	}
	p, err := openProgram(file, mem, own)
	if err != nil {
		mem.close()
		return nil, fmt.Errorf("process %d: %w", pid, err)
	}
	return &Inspector{pid, mem, p}, nil
}

// Close releases what Open has taken. The program is not concerned.
func (i *Inspector) Close() { i.mem.close() }

// Read takes a dump of the running Go program with that process number, which may be the own. Its Form is [dump.FormLive], its goroutines are sorted
// by number.
//
// An error that people can do something about is an [Error]; ErrPlatform, ErrNotGo, ErrVersion and ErrMoving are found by errors.Is. It takes time
// linear in the
// size of the program's file, the number of goroutines and the depth of their stacks, and memory for the distinct stacks.
func Read(pid int, o Options) (*dump.Dump, error) {
	began := monotonic()
	if o.Stop && pid == os.Getpid() {
		return nil, errSelf
	}
	i, err := Open(pid)
	if err != nil {
		return nil, err
	}
	defer i.Close()
	d, err := i.Read(o)
	if o.Stats != nil {
		o.Stats.Elapsed = nanoseconds(monotonic() - began)
	}
	return d, err
}

// Read takes a dump of the program. See [Read].
func (i *Inspector) Read(o Options) (*dump.Dump, error) {
	o = o.defaults()
	began := monotonic()
	r := newReader(i.program, o, clockOf(i.pid))
	run := r.all
	if o.Stop {
		run = func() error { return stopped(i.pid, r.held) }
	}
	if err := run(); err != nil {
		return nil, explain(i.pid, err)
	}
	d := r.finish()
	o.Stats.Elapsed = nanoseconds(monotonic() - began)
	return d, nil
}

// held reads the goroutines of a program that stands still.
func (r *reader) held(threads map[uint64]registers) error {
	began := monotonic()
	defer func() { r.options.Stats.Paused = nanoseconds(monotonic() - began) }()
	r.threads = threads
	return r.all()
}

// mapsOf returns the mappings of the program that a process runs.
func mapsOf(pid int) ([]mapping, error) {
	text, err := os.ReadFile(proc(pid, "maps"))
	if err != nil {
		return nil, explain(pid, err)
	}
	exe, err := os.Readlink(proc(pid, "exe"))
	if err != nil && len(text) > 0 {
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
