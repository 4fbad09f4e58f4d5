package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/live"
)

// Limits on a dump that is asked for over the network.
const (
	dumpTimeout = 60 * time.Second
	largestDump = 4 << 30
)

// readDump reads one dump from a file, standard input, a process, which may be made to stop for it, or an address.
func (a *app) readDump(ctx context.Context, arg string, stop bool) (*dump.Dump, error) {
	switch pid := processOf(arg); {
	case stop && pid == 0:
		return nil, usage("harness dump --stop 1234", "--stop halts a process, and %s is none", arg)
	case arg == "-":
		return readFrom("standard input", a.Stdin)
	case strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://"):
		return fetchDump(ctx, arg)
	case pid > 0:
		return liveDump(pid, stop)
	}
	f, err := os.Open(arg)
	if err != nil {
		return nil, usage("name a file with a goroutine dump, a process, an address, or - for standard input", "%w", err)
	}
	defer f.Close()
	return readFrom(arg, f)
}

// processOf returns the process that an argument names, or 0.
func processOf(arg string) int {
	pid, err := strconv.Atoi(arg)
	if err != nil || pid <= 0 || exists(arg) {
		return 0
	}
	return pid
}

// again returns what reads the process once more that an argument names, or nil.
func again(arg string) func() (*dump.Dump, error) {
	pid := processOf(arg)
	if pid == 0 {
		return nil
	}
	return func() (*dump.Dump, error) { return liveDump(pid, false) }
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// readFrom reads one dump and checks that it has goroutines.
func readFrom(name string, r io.Reader) (*dump.Dump, error) {
	d, err := dump.Read(r)
	if err != nil {
		return nil, notADump(name, err)
	}
	return d, nil
}

// liveDump reads the goroutines of a running process.
func liveDump(pid int, stop bool) (*dump.Dump, error) {
	d, err := live.Read(pid, live.Options{System: true, Stop: stop})
	if err != nil {
		hint := fmt.Sprintf("kill -QUIT %d lets it print its goroutines and end; /debug/pprof/goroutine?debug=2 lets it go on", pid)
		var e *live.Error
		switch {
		case errors.As(err, &e) && e.Hint != "":
			hint = e.Hint
		case errors.Is(err, live.ErrNotGo): // what SIGQUIT does to others is not ours to say
			hint = "name the process of a Go program, a file with a dump, or an address"
		}
		return nil, cannot(hint, err)
	}
	return d, nil
}

// dumpURL returns the address at which a program serves its goroutines as text, from one near it.
func dumpURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", usage("http://localhost:6060/debug/pprof/goroutine", "%q is no address", text)
	}
	switch strings.TrimSuffix(u.Path, "/") {
	case "", "/debug/pprof":
		u.Path = "/debug/pprof/goroutine"
	}
	if q := u.Query(); strings.HasSuffix(u.Path, "/debug/pprof/goroutine") && !q.Has("debug") {
		q.Set("debug", "2")
		u.RawQuery = q.Encode()
	}
	return u.String(), nil
}

// fetchDump reads a dump from an address.
func fetchDump(ctx context.Context, text string) (*dump.Dump, error) {
	address, err := dumpURL(text)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dumpTimeout)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, usage("http://localhost:6060/debug/pprof/goroutine", "%w", err)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, cannot("is the program running, and does it import net/http/pprof?", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, cannot("a program that imports net/http/pprof serves /debug/pprof/goroutine", fmt.Errorf("%s answers %s", address, answer.Status))
	}
	body := &io.LimitedReader{R: answer.Body, N: largestDump}
	d, err := readFrom(address, body)
	if err == nil && body.N <= 0 && !d.Truncated {
		d.Truncated, d.TruncatedAt = true, "after 4 GiB, the most that is read from an address"
	}
	return d, err
}
