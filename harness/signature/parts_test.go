package signature

import "testing"

func TestTemplate(t *testing.T) {
	for message, want := range map[string]string{
		"got 3, want 4":                                "got N, want N",
		`lost "a \" b" and ` + "`c`":                   `lost "?" and "?"`,
		"at 0xc000123456? of /tmp/x1/y.db":             "at ADDR of PATH",
		"id 3f2a9c1b77de is gone":                      "id HEX is gone",
		"decade and facade":                            "decade and facade",
		"  two\t words ":                               "two words",
		"open C:\\Users\\me\\x.txt: no such file":      "open PATH: no such file",
		"dial tcp 127.0.0.1:43117: connection refused": "dial tcp N.N.N.N:N: connection refused",
	} {
		if got := template(message); got != want {
			t.Errorf("template(%q) = %q, want %q", message, got, want)
		}
	}
}

func TestClipKeepsCharactersWhole(t *testing.T) {
	if got := clip("aé", 2); got != "a..." {
		t.Errorf("cut through a character: %q", got)
	}
	if got := clip("aé", 3); got != "aé" {
		t.Errorf("cut what fits: %q", got)
	}
}

func TestCleanState(t *testing.T) {
	for state, want := range map[string]string{
		"chan receive, 2 minutes":                           "chan receive",
		"chan receive (nil chan), 2 minutes":                "chan receive (nil chan)",
		"select (leaked)":                                   "select",
		"select (durable), synctest bubble 3":               "select",
		"sync.Mutex.Lock, 1 minutes, locked to thread":      "sync.Mutex.Lock",
		`chan send labels:{"k": "v, ]: w"}`:                 "chan send",
		"runnable":                                          "running",
		"preempted (scan)":                                  "running",
		"sync.WaitGroup.Wait":                               "sync.WaitGroup.Wait",
		`IO wait, 5 minutes labels:{"request": "synctest"}`: "IO wait",
	} {
		if got, _ := cleanState(state); got != want {
			t.Errorf("cleanState(%q) = %q, want %q", state, got, want)
		}
	}
	if _, bubble := cleanState("sleep, synctest bubble 7"); !bubble {
		t.Error("the bubble was not seen")
	}
}

func TestParseHeader(t *testing.T) {
	for line, want := range map[string]string{
		"goroutine 19 [running]:":                                   "running",
		"goroutine 19 gp=0xc000 m=2 mp=0xc001 [chan send]:":         "chan send",
		`goroutine 7 [select labels:{"a": "b]:"}]:`:                 `select labels:{"a": "b]:"}`,
		"goroutine 7 [chan receive, 12 minutes, locked to thread]:": "chan receive, 12 minutes, locked to thread",
	} {
		if got, ok := parseHeader(line); !ok || got != want {
			t.Errorf("parseHeader(%q) = %q, %v", line, got, ok)
		}
	}
	for _, line := range []string{"", "goroutine", "goroutine x [running]:", "goroutine 7 [running]", "goroutine 7 running]:", "goroutine ]:",
		" goroutine 7 [running]:", "goroutine profile: total 7"} {
		if got, ok := parseHeader(line); ok {
			t.Errorf("parseHeader(%q) = %q", line, got)
		}
	}
}

func TestParseFrame(t *testing.T) {
	for _, c := range []struct{ function, location, name, exact, declared string }{
		{"main.f(0x1, {0x2, 0x3})", "\t/a/b.go:12 +0x1d", "main.f", "main.f b.go:12", "main.f"},
		{"a.com/q.(*Q).push(...)", "\t/a/q.go:7", "a.com/q.(*Q).push", "a.com/q.(*Q).push q.go:7", "a.com/q.(*Q).push"},
		{"a.com/q.G[...].get(0x1?)", "\t/a/q.go:7 +0x1 fp=0x2 sp=0x3 pc=0x4", "a.com/q.G[...].get", "a.com/q.G[...].get q.go:7", "a.com/q.G[...].get"},
		{"main.main.func2.1()", "\tC:\\a\\b.go:3 +0x2", "main.main.func2.1", "main.main.func2.1 b.go:3", "main.main"},
		{"main.run.gowrap1()", "\t/b.go:3", "main.run", "main.run b.go:3", "main.run"},
		{"main.(*T).m-fm()", "\t/b.go:3", "main.(*T).m", "main.(*T).m b.go:3", "main.(*T).m"},
		{"main.all.func1-range1(0x1)", "\t/b.go:3", "main.all.func1-range1", "main.all.func1-range1 b.go:3", "main.all"},
		{"created by main.serve in goroutine 7", "\t/b.go:3 +0x1", "main.serve", "main.serve b.go:3", "main.serve"},
		{"created by main.serve", "\t/b.go:3 +0x1", "main.serve", "main.serve b.go:3", "main.serve"},
	} {
		f, ok := parseFrame(c.function, c.location)
		if !ok || f.name() != c.name || f.exact() != c.exact || f.declared() != c.declared {
			t.Errorf("%s %s: %+v %v, name %s, exact %s, declared %s", c.function, c.location, f, ok, f.name(), f.exact(), f.declared())
		}
	}
	for _, c := range [][2]string{{"main.f()", "/no/indent.go:1"}, {"main.f()", "\t/x.txt:1"}, {"main.f()", "\t/x.go"}, {"main.f()", "\t/x.go:"},
		{"main.f()", "\t/x.go:-1"}, {"two words()", "\t/x.go:1"}, {"", "\t/x.go:1"}, {"f)", "\t/x.go:1"}, {"main.f", "\t/x.go:1"}} {
		if f, ok := parseFrame(c[0], c[1]); ok {
			t.Errorf("%q: %+v", c, f)
		}
	}
}

func TestStandardLibraryAndUserCode(t *testing.T) {
	for _, c := range []struct {
		frame frame
		std   bool
	}{
		{frame{"sync.(*Mutex).Lock", "/usr/local/go/src/sync/mutex.go", 1}, true},
		{frame{"internal/poll.(*FD).Read", "/usr/local/go/src/internal/poll/fd.go", 1}, true},
		{frame{"net/http.(*Server).Serve", `C:/go/src/net/http/server.go`, 1}, true},
		{frame{"time.Sleep", "/usr/local/go/src/runtime/time.go", 1}, true},
		{frame{"sync.Lock", "sync/mutex.go", 1}, true}, // -trimpath
		{frame{"panic", "/usr/local/go/src/runtime/panic.go", 1}, true},
		{frame{"sort.Mine", "/home/me/sort/sort.go", 1}, false}, // a module of that name
		{frame{"example.com/queue.(*Q).Push", "/home/me/queue/q.go", 1}, false},
		{frame{"main.main", "/home/me/src/main.go", 1}, false},
	} {
		if got := c.frame.std(); got != c.std {
			t.Errorf("%+v is of the standard library: %v", c.frame, got)
		}
	}
}

func TestWhoEndedTheProcess(t *testing.T) {
	dump := "SIGQUIT: quit\n\ngoroutine 7 [chan receive]:\nmain.f()\n\t/x.go:3\n"
	for _, c := range []struct {
		output string
		exit   ExitInfo
		kind   Kind
	}{
		{dump, ExitInfo{Code: 2}, Infra},
		{dump, ExitInfo{Code: 2, TimedOut: true}, Hang},
		{"", ExitInfo{Code: -1, Signal: "killed", TimedOut: true}, Hang},
		{"", ExitInfo{Code: -1, Signal: "killed"}, Infra},
		{"", ExitInfo{Code: -1, Signal: "segmentation fault"}, Exit},
		{"", ExitInfo{Code: 3}, Exit},
		{"fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\nmain.f()\n\t/x.go:3\n", ExitInfo{Code: 2}, Infra},
		{"race: limit on 8128 simultaneously alive goroutines is exceeded, dying\n", ExitInfo{Code: 66}, Infra},
		{"panic: quoted\n\ngoroutine 1 [running]:\nmain.f()\n\t/x.go:3\n", ExitInfo{Code: 1}, Exit},
		{"panic: cut off", ExitInfo{Code: 2}, Panic},
	} {
		if found := Parse([]byte(c.output), c.exit); len(found) != 1 || found[0].Kind != c.kind {
			t.Errorf("%+v after %q: %+v, want %s", c.exit, c.output, found, c.kind)
		}
	}
}

func TestAPassQuotesWhatItLikes(t *testing.T) {
	quote := "=== RUN   TestX\npanic: quoted\n\ngoroutine 1 [running]:\nmain.f()\n\t/x.go:3\n    x.go:3: found unexpected goroutines:\n--- FAIL: TestY (0.00s)\n"
	if found := Parse([]byte(quote), ExitInfo{}); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}

func TestReadTests(t *testing.T) {
	tests := ReadTests([]byte("\x16=== RUN   TestA\n\x16=== RUN   TestA/sub\n\x16    --- PASS: TestA/sub (0.00s)\n\x16--- FAIL: TestA (0.10s)\n" +
		"\x16=== RUN   TestB\n--- PASS: TestB (0.00s)\n\x16=== RUN   TestC\ntext\x16--- SKIP: TestC (0.00s)\n"))
	for name, want := range map[string]TestStatus{"TestA": Failed, "TestA/sub": Passed, "TestB": Started, "TestC": Skipped} {
		if got, ok := tests.Status(name); !ok || got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if lost := tests.Lost(); len(lost) != 1 || lost[0] != "TestB" {
		t.Errorf("lost %v", lost)
	}
	if _, ok := tests.Status("TestD"); ok {
		t.Error("knows a test that nobody mentioned")
	}
}

func TestIDIsShortAndStable(t *testing.T) {
	f := Failure{Kind: Race, Signature: "race: a | b"}
	if f.ID() != "race-"+f.ID()[5:] || len(f.ID()) != 13 || f.ID() != (Failure{Kind: Race, Signature: "race: a | b", Title: "other"}).ID() {
		t.Errorf("%q", f.ID())
	}
}
