package debugtools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/heap"
	"github.com/concurrency-god-mode/godmode/debugtools/leak"
	"github.com/concurrency-god-mode/godmode/debugtools/perf"
)

// A Config says what a handler answers, and whom. The zero value answers this machine only.
type Config struct {
	// Allow returns nil for a request that may be answered, and otherwise an error that is sent with status 403. Nil means [Loopback]. What is shown are the names of
	// functions and files, values of profiler labels, and words of memory: nothing for strangers.
	Allow func(*http.Request) error
	// Source returns the text of a source file, for package diagnose; nil means that there is none.
	Source func(file string) ([]byte, error)
	// Recorder, if there is one, keeps the last seconds of the program; trace shows them.
	Recorder *perf.Recorder
}

// Handler answers, for the process that it runs in and by the last element of the path:
//
//	diagnosis    what is wrong with the goroutines now, and the largest groups of them
//	goroutines   all of them, as text that harness dump reads: whole, in one stop of the world
//	leaks        those that nobody can wake any more, where this Go can tell (501 where it cannot)
//	heap         which places keep more memory than at the first time, or since ?base=now
//	trace        what the last seconds were spent on, if there is a Recorder (501 if not)
//
// A path that ends in a slash is a page with links, any other is not found. ?format=json gives findings as one document {"schema":1,"findings":[...]}; goroutines is always text. Only GET and HEAD are answered.
//
// One request is answered at a time, since some of them stop the world: for milliseconds, or a second with a million goroutines. The next gets status 503
// and may come again. Mount it anywhere:
//
//	mux.Handle("/debug/godmode/", debugtools.Handler(debugtools.Config{}))
func Handler(c Config) http.Handler {
	if c.Allow == nil {
		c.Allow = Loopback
	}
	return &handler{config: c, busy: make(chan struct{}, 1)}
}

// A handler is what Handler returns.
type handler struct {
	config Config
	busy   chan struct{} // holds one element while a request is answered

	mu   sync.Mutex
	base *heap.Profile // what heap compares with
}

// ServeHTTP answers a request, or says why not.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if err := h.config.Allow(r); err != nil {
		http.Error(w, "not allowed: "+err.Error(), http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered", http.StatusMethodNotAllowed)
		return
	}
	page, ok := pages[path.Base(r.URL.Path)]
	switch {
	case ok:
		h.answer(w, r, page)
	case strings.HasSuffix(r.URL.Path, "/"):
		h.index(w)
	default:
		http.NotFound(w, r)
	}
}

// answer makes an answer, and then sends it: who reads slowly keeps nobody else waiting.
func (h *handler) answer(w http.ResponseWriter, r *http.Request, p page) {
	select {
	case h.busy <- struct{}{}:
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "another request is being answered", http.StatusServiceUnavailable)
		return
	}
	held := &heldBack{ResponseWriter: w}
	err := func() error {
		defer func() { <-h.busy }()
		return p.answer(h, held, r)
	}()
	if err != nil {
		fail(w, err)
		return
	}
	_, _ = held.text.WriteTo(w) // who asked has gone, or has it
}

// heldBack holds an answer back until it is whole.
type heldBack struct {
	http.ResponseWriter
	text bytes.Buffer
}

func (b *heldBack) Write(p []byte) (int, error) { return b.text.Write(p) }

// errAbsent is wrapped by errors about what this process cannot tell.
var errAbsent = errors.New("not available")

// fail sends an error.
func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if errors.Is(err, errAbsent) || errors.Is(err, leak.ErrUnavailable) {
		status = http.StatusNotImplemented
	}
	http.Error(w, err.Error(), status)
}

// A page is one thing that a handler answers.
type page struct {
	about  string
	answer func(h *handler, w http.ResponseWriter, r *http.Request) error
}

// pages are what a handler answers, by name.
var pages = map[string]page{
	"diagnosis":  {"what is wrong with the goroutines now", (*handler).diagnosis},
	"goroutines": {"all goroutines, for harness dump", (*handler).goroutines},
	"leaks":      {"goroutines that nobody can wake any more", (*handler).leaks},
	"heap":       {"which places keep more memory than at the first time; ?base=now begins anew", (*handler).heap},
	"trace":      {"what the last seconds were spent on", (*handler).trace},
}

// names are those of the pages, in the order of the documentation.
var names = []string{"diagnosis", "goroutines", "leaks", "heap", "trace"}

// index is a page with links.
func (h *handler) index(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	io.WriteString(w, "<!DOCTYPE html><title>debugtools</title><ul>\n")
	for _, name := range names {
		fmt.Fprintf(w, "<li><a href=\"./%s\">%s</a> %s</li>\n", name, name, pages[name].about)
	}
	io.WriteString(w, "</ul>\n")
}

// diagnosis answers what is wrong with the goroutines.
func (h *handler) diagnosis(w http.ResponseWriter, r *http.Request) error {
	d := dump.Options{}.Capture()
	all := diagnose.Diagnose(d, diagnose.Options{Source: h.config.Source})
	return h.findings(w, r, all, func(w io.Writer) { groups(w, d) })
}

// mostGroups is how many groups of goroutines are shown.
const mostGroups = 20

// groups writes the largest groups of goroutines.
func groups(w io.Writer, d *dump.Dump) {
	all := dump.Groups(d)
	fmt.Fprintf(w, "%d goroutines in %d groups\n\n", d.Total(), len(all))
	for i, g := range all[:min(mostGroups, len(all))] {
		fmt.Fprintf(w, "%8d  %s  %s\n", g.Count, g.State, all[i].Stack.Own().Func)
	}
}

// goroutines answers with a whole dump.
func (h *handler) goroutines(w http.ResponseWriter, _ *http.Request) error { return dump.Take(w) }

// leaks answers who can never go on.
func (h *handler) leaks(w http.ResponseWriter, r *http.Request) error {
	found, err := leak.Unreachable()
	if err != nil {
		return err
	}
	return h.findings(w, r, leak.Findings(found), func(io.Writer) {})
}

// heap answers what has grown since the first time.
func (h *handler) heap(w http.ResponseWriter, r *http.Request) error {
	now, err := heap.Checkpoint()
	if err != nil {
		return err
	}
	h.mu.Lock()
	base := h.base
	if base == nil || r.FormValue("base") == "now" {
		h.base, base = now, now
	}
	h.mu.Unlock()
	grown, err := heap.DiffProfiles(base, now)
	if err != nil {
		return err
	}
	bytes, objects := now.InUse()
	return h.findings(w, r, heap.ProfileFindings(grown), func(w io.Writer) {
		fmt.Fprintf(w, "%s in %d objects are in use", heap.Size(bytes), objects)
		if base == now {
			fmt.Fprint(w, "; the next request is compared with this one")
		}
		fmt.Fprintln(w)
	})
}

// trace answers what the last seconds were spent on.
func (h *handler) trace(w http.ResponseWriter, r *http.Request) error {
	if h.config.Recorder == nil {
		return fmt.Errorf("%w: nothing is recorded, there is no Recorder in the Config", errAbsent)
	}
	var b bytes.Buffer
	if err := h.config.Recorder.WriteTrace(&b); err != nil {
		return err
	}
	t, err := perf.ReadTrace(&b)
	if err != nil {
		return err
	}
	return h.findings(w, r, t.Findings(), func(w io.Writer) { fmt.Fprintf(w, "a trace of %d bytes\n", t.Bytes) })
}

// findings writes findings, and what rest adds for people.
func (h *handler) findings(w http.ResponseWriter, r *http.Request, all []finding.Finding, rest func(io.Writer)) error {
	if r.FormValue("format") != "json" {
		if err := finding.Write(w, all); err != nil {
			return err
		}
		rest(w)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	if all == nil {
		all = []finding.Finding{}
	}
	return json.NewEncoder(w).Encode(struct {
		Schema   int               `json:"schema"`
		Findings []finding.Finding `json:"findings"`
	}{1, all})
}
