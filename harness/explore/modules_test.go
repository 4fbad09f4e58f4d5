package explore

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

var (
	modulesRun       = flag.Bool("modules", false, "explore the tests of popular modules, which are downloaded")
	modulesOnly      = flag.String("modules.only", "", "only modules whose path matches this `regexp`")
	modulesSchedules = flag.Int("modules.schedules", 500, "schedules for each test of a popular module")
	modulesTable     = flag.String("modules.table", "", "write what was found into the table of this `file`")
)

// modulesDir holds the list of popular modules, and a module of ours that uses one of them in a workspace.
const modulesDir = "../../testdata/explore"

// TestModules explores the tests of modules that many people use, as they are: they build, their first schedule passes, and no schedule fails unless the list
// says that the test itself is at fault, and why. It needs the network the first time:
//
//	go test ./harness/explore -run TestModules -modules -timeout 0
//	go test ./harness/explore -run TestModules -modules -timeout 0 -modules.table ../../testdata/explore/MODULES.md
func TestModules(t *testing.T) {
	all := readModules(t)
	if !*modulesRun {
		t.Skipf("the tests of %d popular modules are explored with -modules: they are downloaded, and take long", len(all))
	}
	only := regexp.MustCompile(*modulesOnly)
	for _, m := range all {
		if only.MatchString(m.path) {
			t.Run(m.path, func(t *testing.T) { m.explore(t) })
		}
	}
}

// TestModulesList checks the list, which must be right also where nothing is downloaded.
func TestModulesList(t *testing.T) {
	all := readModules(t)
	shapes := map[string]int{}
	for _, m := range all {
		shapes[m.shape]++
	}
	if len(all) != 10 || shapes["vendor"] == 0 || shapes["work"] == 0 {
		t.Errorf("%d modules, by shape %v: want ten, one of them with vendor/ and one in a workspace", len(all), shapes)
	}
	if _, err := parseModules("module a v1 plain\nexpect TestA lost why"); err == nil {
		t.Error("an expectation that does not exist was taken")
	}
}

// A popular is a module of the list.
type popular struct {
	path, version string
	shape         string            // plain, vendor or work
	expect        map[string]string // by test, as PACKAGE.TEST below the module: the status, where it is not to hold
}

// expectations are the statuses that the list may expect: the test reaches for what no schedule decides, is too long, or is at fault itself.
var expectations = map[string]report.Status{"refused": report.Skipped, "inconclusive": report.Inconclusive, "finding": report.Violated}

func readModules(t *testing.T) []*popular {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(modulesDir, "modules.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseModules(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// parseModules reads "module PATH VERSION SHAPE" and, of the module above, "expect TEST STATUS WHY".
func parseModules(text string) (all []*popular, err error) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] == "#":
		case f[0] == "module" && len(f) == 4 && slices.Contains([]string{"plain", "vendor", "work"}, f[3]):
			all = append(all, &popular{path: f[1], version: f[2], shape: f[3], expect: map[string]string{}})
		case f[0] == "expect" && len(f) > 3 && len(all) > 0 && expectations[f[2]] != "":
			all[len(all)-1].expect[f[1]] = f[2]
		default:
			return nil, fmt.Errorf("a line that is no module and no expectation with a reason: %s", strings.TrimSpace(line))
		}
	}
	return all, nil
}

// A seen is what became of the tests of a module.
type seen struct {
	verdicts  map[report.Status]int
	exhausted int
	schedules int64
	elapsed   time.Duration
}

// explore builds the tests of a module and explores them.
func (m *popular) explore(t *testing.T) {
	began := time.Now()
	dir, patterns := m.shaped(t)
	set, err := Build(context.Background(), BuildConfig{Dir: dir, Patterns: patterns, Env: goEnviron(m.shape == "work"), TempDir: t.TempDir(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if !strings.Contains(strings.Join(set.Details, "\n"), "controls ") {
		t.Errorf("nothing says what was controlled: %q", set.Details)
	}
	t.Logf("%s", strings.Join(append(set.Details, set.Notes...), "; "))
	s := seen{verdicts: map[report.Status]int{}}
	c := Config{Packages: set.Packages, Schedules: *modulesSchedules, Seed: 1, Stress: -1, TempDir: t.TempDir(), Now: time.Now}
	_, err = Run(context.Background(), c, func(e report.Event) { s.take(t, m, e) })
	if err != nil {
		t.Fatal(err)
	}
	s.elapsed = time.Since(began)
	t.Log(s.row(m))
	if *modulesTable != "" && !t.Failed() {
		writeRow(t, *modulesTable, m, s.row(m))
	}
}

// take checks an event against what the list expects.
func (s *seen) take(t *testing.T, m *popular, e report.Event) {
	switch e.Kind {
	case report.Violation:
		if m.expects(e) != report.Violated {
			t.Errorf("%s: %s %s: %s\n%s", e.Target, e.Where, e.Property, e.Message, e.Evidence)
		}
	case report.Verdict:
		s.verdicts[e.Status]++
		s.schedules += e.Schedules
		if e.Status == report.Held && e.Space >= 1 {
			s.exhausted++
		}
		if e.Status != m.expects(e) {
			t.Errorf("%s.%s: %s %s, want %s", e.Package, e.Target, e.Status, e.Message, m.expects(e))
		}
		t.Logf("%s.%s: %s %d schedules %s %s %v", e.Package, e.Target, e.Status, e.Schedules, e.Message, strings.Join(e.Details, ", "), e.Elapsed.Round(time.Millisecond))
	}
}

// expects returns the status that the list expects of a test.
func (m *popular) expects(e report.Event) report.Status {
	below := strings.TrimPrefix(strings.TrimPrefix(e.Package, m.path), "/")
	name := strings.TrimPrefix(below+"."+e.Target, ".")
	if status, ok := expectations[m.expect[name]]; ok {
		return status
	}
	return report.Held
}

// row returns the row of the table about a module.
func (s *seen) row(m *popular) string {
	tests := 0
	for _, n := range s.verdicts {
		tests += n
	}
	return fmt.Sprintf("| %s | %s | %s | %d | %d | %d | %d | %d | %d | %d | %.0f s |", m.path, m.version, m.shape, tests, s.exhausted, s.verdicts[report.Held]-s.exhausted,
		s.verdicts[report.Skipped], s.verdicts[report.Inconclusive], s.verdicts[report.Violated], s.schedules, s.elapsed.Seconds())
}

// writeRow puts the row of a module into the table of a file, in the place of the one that is there.
func writeRow(t *testing.T, file string, m *popular, row string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "| "+m.path+" |") })
	if at < 0 {
		t.Fatalf("%s has no row for %s", file, m.path)
	}
	lines[at] = row
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shaped downloads a module, copies it, and gives the copy its shape. It returns the directory for the go command and the packages.
func (m *popular) shaped(t *testing.T) (dir string, patterns []string) {
	t.Helper()
	dir = t.TempDir()
	var download struct{ Dir, GoMod string }
	if err := json.Unmarshal(goCommand(t, dir, "mod", "download", "-json", m.path+"@"+m.version), &download); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "module")
	copyTree(t, download.Dir, copied)
	if _, err := os.Stat(filepath.Join(copied, "go.mod")); err != nil { // older than modules: the go command has made one up
		copyFile(t, download.GoMod, filepath.Join(copied, "go.mod"))
	}
	switch m.shape {
	case "vendor":
		goCommand(t, copied, "mod", "vendor")
	case "work":
		copyTree(t, filepath.Join(modulesDir, "modules", "beside"), filepath.Join(dir, "beside"))
		goCommand(t, dir, "work", "init", "./module", "./beside")
		return dir, []string{"./module/...", "./beside/..."}
	}
	return copied, []string{"./..."}
}

// goEnviron returns the environment of the go command, in which a workspace counts only if it is wanted.
func goEnviron(work bool) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GOWORK=") || strings.HasPrefix(v, "GOFLAGS=") })
	if !work {
		env = append(env, "GOWORK=off")
	}
	return env
}

// goCommand runs the go command and returns what it printed.
func goCommand(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir, c.Env = dir, goEnviron(args[0] == "work")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// copyTree copies a directory so that the copy can be written to, which the module cache cannot.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, below), 0o755)
		}
		copyFile(t, path, filepath.Join(to, below))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
