package debugtools

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/perf"
)

// get asks a handler for a page, from this machine.
func get(h http.Handler, method, target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:4242", "localhost"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// stuck is a goroutine with a mistake in it, for the rest of the process.
var stuck = sync.OnceFunc(func() {
	var nothing chan int
	go func() { <-nothing }()
	for !blocked() {
		runtime.Gosched()
	}
})

// blocked reports whether a goroutine receives from a nil channel.
func blocked() bool {
	for _, g := range (dump.Options{}).Capture().Goroutines {
		if g.State == "chan receive (nil chan)" {
			return true
		}
	}
	return false
}

// TestHandlerDiagnosis holds that a seeded mistake is told, for people and for programs.
func TestHandlerDiagnosis(t *testing.T) {
	stuck()
	h := Handler(Config{})
	w := get(h, "GET", "/debug/godmode/diagnosis")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "PROVED    ") || !strings.Contains(w.Body.String(), "nil channel") || !strings.Contains(w.Body.String(), " goroutines in ") {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
	var got struct {
		Schema   int
		Findings []finding.Finding
	}
	w = get(h, "GET", "/diagnosis?format=json")
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Schema != 1 || len(got.Findings) == 0 || got.Findings[0].Certainty != finding.Proved {
		t.Errorf("%v: %s", err, w.Body)
	}
}

// TestHandlerGoroutines holds that what is sent is a dump.
func TestHandlerGoroutines(t *testing.T) {
	d, err := dump.Read(get(Handler(Config{}), "GET", "/goroutines").Body)
	if err != nil || d.Truncated || d.Total() < 2 {
		t.Errorf("%v, %+v", err, d)
	}
}

// TestHandlerHeap holds that the first request is what later ones are compared with, until one says otherwise.
func TestHandlerHeap(t *testing.T) {
	h := Handler(Config{})
	for _, c := range []struct {
		target string
		first  bool
	}{{"/heap", true}, {"/heap", false}, {"/heap?base=now", true}, {"/heap", false}} {
		w := get(h, "GET", c.target)
		if w.Code != 200 || strings.Contains(w.Body.String(), "the next request") != c.first {
			t.Errorf("%s: %d: %s", c.target, w.Code, w.Body)
		}
	}
}

// TestHandlerTrace holds that a recorder's last seconds are read.
func TestHandlerTrace(t *testing.T) {
	if w := get(Handler(Config{}), "GET", "/trace"); w.Code != http.StatusNotImplemented {
		t.Errorf("without a recorder: %d: %s", w.Code, w.Body)
	}
	r, err := perf.NewRecorder(perf.RecorderConfig{Dir: t.TempDir()})
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	for range 20 { // more often than there may be snapshots
		if w := get(Handler(Config{Recorder: r}), "GET", "/trace"); w.Code != 200 || !strings.Contains(w.Body.String(), "a trace of ") {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
	}
	if _, err := r.Snapshot("after"); err != nil {
		t.Errorf("who looks uses up what is kept for failures: %v", err)
	}
}

// TestHandlerLeaks holds that a Go that cannot tell says so.
func TestHandlerLeaks(t *testing.T) {
	if w := get(Handler(Config{}), "GET", "/leaks"); w.Code != 200 && w.Code != http.StatusNotImplemented {
		t.Errorf("%d: %s", w.Code, w.Body)
	}
}

// TestHandlerRefuses holds what is not answered.
func TestHandlerRefuses(t *testing.T) {
	h := Handler(Config{})
	if w := get(h, "POST", "/diagnosis"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", w.Code)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/diagnosis", nil)) // from 192.0.2.1
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "goroutine") {
		t.Errorf("a stranger: %d: %s", w.Code, w.Body)
	}
	h.(*handler).busy <- struct{}{}
	if w := get(h, "GET", "/goroutines"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("busy: %d", w.Code)
	}
	if w := get(h, "GET", "/"); w.Code != 200 {
		t.Errorf("the page with links: %d", w.Code)
	}
	<-h.(*handler).busy
	if w := get(h, "GET", "/goroutines"); w.Code != 200 {
		t.Errorf("not busy any more: %d", w.Code)
	}
}

// TestHandlerLinks holds that the links of the first page lead to pages, wherever it is mounted.
func TestHandlerLinks(t *testing.T) {
	if len(names) != len(pages) {
		t.Errorf("%d names of %d pages", len(names), len(pages))
	}
	for target, want := range map[string]string{"/": `href="./heap"`, "/debug/godmode/": `href="./heap"`} {
		if w := get(Handler(Config{}), "GET", target); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
	if w := get(Handler(Config{}), "GET", "/debug/godmode/nothing"); w.Code != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", w.Code)
	}
}
