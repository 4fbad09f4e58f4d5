package explore

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/control"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// notSeen are changes of the standard library, for a declaration that nobody has looked at: its digest is not known.
func notSeen() control.Sources {
	return control.Sources{Std: fstest.MapFS{
		"edits/name.edit":    {Data: []byte("file testing/testing.go\nfunc (*common).Name\nreplace\n<<<\nreturn c.name\n===\nreturn c.name + \"\"\n>>>\n")},
		"digests/go1.26.txt": {Data: []byte("")},
		"digests/go1.27.txt": {Data: []byte("")},
	}}
}

// oldToolchain is one that there are no edits for. It is used if it has been downloaded: GOTOOLCHAIN=go1.25.4 go version does that.
const oldToolchain = "go1.25.4"

// Where nothing can be controlled, the tests run under stress: loudly, and never as explored. A failure is one all the same.
func TestUnsupported(t *testing.T) {
	builds(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/old\n\ngo 1.25\n", "c.go": "package old\n" + counterText, "c_test.go": `package old

import "testing"

func TestFixed(t *testing.T) { Both((&Counter{}).Once) }

func TestAlwaysBug(t *testing.T) { t.Error("wrong") }
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		env     []string
		sources control.Sources
		reason  string
	}{
		"a declaration that nobody has looked at": {env: []string{"GOTOOLCHAIN=local"}, sources: notSeen(), reason: "the edits do not fit go1."},
		"an old version": {env: []string{"GOTOOLCHAIN=" + oldToolchain, "GOPROXY=off"}, reason: "it is built by " + oldToolchain},
	} {
		t.Run(name, func(t *testing.T) {
			env := append(os.Environ(), append(c.env, "GOFLAGS=", "GOWORK=off")...)
			if version := exec.Command("go", "version"); c.sources.Std == nil {
				version.Env = env
				if out, err := version.CombinedOutput(); err != nil {
					t.Skipf("%s is not here: %s", oldToolchain, out)
				}
			}
			set, err := Build(context.Background(), BuildConfig{Dir: dir, Env: env, Detector: WithoutRace, TempDir: t.TempDir(), Now: time.Now, sources: c.sources})
			if err != nil {
				t.Fatal(err)
			}
			defer set.Close()
			if !slices.ContainsFunc(set.Details, func(s string) bool {
				return strings.HasPrefix(s, "NOT under control: ") && strings.Contains(s, c.reason)
			}) || slices.Contains(set.Details, "canary found") {
				t.Errorf("the header says %q", set.Details)
			}
			stressedOnly(t, set, c.reason)
		})
	}
}

// stressedOnly runs the tests of a set that cannot be controlled.
func stressedOnly(t *testing.T, set *Set, reason string) {
	t.Helper()
	config := Config{Packages: set.Packages, Schedules: 100, Seed: 1, Stress: 3, TempDir: t.TempDir(), Now: time.Now}
	verdicts := map[string]report.Event{}
	summary, err := Run(context.Background(), config, func(e report.Event) {
		if e.Kind == report.Verdict {
			verdicts[e.Target] = e
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for test, want := range map[string]report.Event{
		"TestFixed":     {Status: report.Skipped, Message: "ran 3 times under stress instead; not explored"},
		"TestAlwaysBug": {Status: report.Violated, Message: "failed 3 of 3 times under stress; not explored"},
	} {
		got := verdicts[test]
		if got.Status != want.Status || !strings.Contains(got.Message, reason) || !strings.HasSuffix(got.Message, want.Message) || got.Schedules != 0 || got.Space != 0 {
			t.Errorf("%s: %+v", test, got)
		}
	}
	if *summary != (Summary{Tests: 2, Refused: 1, Failed: 1}) {
		t.Errorf("%+v", *summary)
	}
}
