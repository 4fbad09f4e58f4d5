package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/cli"
)

const oneGoroutine = "goroutine 7 [chan receive]:\nshop.wait()\n\t/src/shop/wait.go:7 +0x20\n"

// run runs the command in this process.
func run(args ...string) (code int, stdout, stderr string) {
	var out, bad bytes.Buffer
	code = cli.Main(args, cli.World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &bad, Now: time.Now, Lookup: func(string) (string, bool) { return "", false }})
	return code, out.String(), bad.String()
}

// TestDumpFromAddress: the address of a program is enough, whatever part of it is typed, and whoever answers something else is quoted.
func TestDumpFromAddress(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/debug/pprof/goroutine" && r.URL.RawQuery == "debug=2":
			_, _ = w.Write([]byte(oneGoroutine))
		case r.URL.Path == "/own" && r.URL.RawQuery == "":
			_, _ = w.Write([]byte(strings.Repeat(oneGoroutine+"\n", 1)))
		case r.URL.Path == "/page":
			_, _ = w.Write([]byte("<html><body>hello"))
		default:
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{"", 0, "1 goroutine in 1 group"}, {"/debug/pprof/", 0, "1 goroutine"}, {"/debug/pprof/goroutine", 0, "1 goroutine"},
		{"/debug/pprof/goroutine?debug=2", 0, "1 goroutine"}, {"/own", 0, "1 goroutine"}, {"/page", 2, "it looks like HTML"}, {"/none", 3, "answers 404 Not Found"},
	} {
		code, out, bad := run("dump", s.URL+c.path)
		if code != c.code || !strings.Contains(out+bad, c.want) || strings.Count(bad, "\n") > 2 {
			t.Errorf("%q: exit code %d, want %d and %q:\n%s%s", c.path, code, c.code, c.want, out, bad)
		}
	}
}

// TestDumpStop: what is no process cannot be halted.
func TestDumpStop(t *testing.T) {
	code, _, bad := run("dump", "--stop", "testdata")
	if code != 2 || !strings.Contains(bad, "--stop halts a process, and testdata is none") {
		t.Errorf("exit code %d: %s", code, bad)
	}
}

// TestDumpOfOtherProcess: nobody is told to send a signal to a program that is none of Go's.
func TestDumpOfOtherProcess(t *testing.T) {
	cat := exec.Command("cat")
	in, _ := cat.StdinPipe()
	out, _ := cat.StdoutPipe()
	if runtime.GOOS != "linux" || cat.Start() != nil {
		t.Skip("there is no program to look at")
	}
	defer func() { _, _, _ = in.Close(), cat.Process.Kill(), cat.Wait() }()
	_, _ = in.Write([]byte("x"))
	if _, err := out.Read(make([]byte, 1)); err != nil { // it runs: its program is in its memory
		t.Fatal(err)
	}
	code, _, bad := run("dump", strconv.Itoa(cat.Process.Pid))
	if code != 3 || strings.Contains(bad, "kill -QUIT") && strings.Contains(bad, "not a Go program") {
		t.Errorf("exit code %d: %s", code, bad)
	}
}

// TestDumpOfProcess: a running program is read by its number; this one, where that is supported.
func TestDumpOfProcess(t *testing.T) {
	code, out, bad := run("dump", strconv.Itoa(os.Getpid()))
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" || code == 3 {
		if code != 3 || !strings.HasPrefix(bad, "harness: error: process ") || !strings.Contains(bad, "harness: hint: ") {
			t.Errorf("exit code %d: %s", code, bad)
		}
		t.Skip("processes cannot be read here: " + bad)
	}
	if !strings.Contains(out, "taken by reading the memory of the process") {
		t.Errorf("exit code %d:\n%s%s", code, out, bad)
	}
}
