package diagnose_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/repeat"
	"github.com/rogpeppe/go-internal/txtar"
)

var (
	update     = flag.Bool("update", false, "run the scenarios and keep their dumps below testdata")
	recording  = flag.String("owners", "", "the scenarios as harness build -trimpath has built them, to run those too: their dumps have owners")
	buildFlags = flag.String("buildflags", "", "more flags for building the scenarios: -gcflags=all=-N")
)

// forms are the ways in which a scenario is dumped. Panic is for those in which everybody sleeps.
var forms = []string{"stack", "quit", "panic"}

// A dumped is one dump of one scenario.
type dumped struct {
	name, form string
	text       []byte
}

// source reads the sources of the scenarios, whatever directory they were built in.
func source(file string) ([]byte, error) {
	if !strings.Contains(file, "scenarios/") {
		return nil, errors.New("not of the scenarios")
	}
	return os.ReadFile(filepath.Join("testdata", "scenarios", path.Base(file)))
}

// A said is a dump that is kept, with what is said of it.
type said struct {
	dumped
	found []finding.Finding
}

// read reads and diagnoses the dumps that are kept below testdata, once for all tests.
var read = sync.OnceValues(func() ([]said, error) {
	files, err := filepath.Glob("testdata/dumps/*.txt")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no dumps are kept: go test -run TestScenarios -update makes them (%v)", err)
	}
	var all []said
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			return nil, err
		}
		for _, form := range a.Files {
			d := dumped{strings.TrimSuffix(filepath.Base(f), ".txt"), form.Name, form.Data}
			found, err := d.diagnosed()
			if err != nil {
				return nil, fmt.Errorf("%s by %s: %w", d.name, d.form, err)
			}
			all = append(all, said{d, found})
		}
	}
	return all, nil
})

// kept returns what read has read.
func kept(t testing.TB) []said {
	t.Helper()
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// diagnosed reads a dump and returns what is wrong in it.
func (d dumped) diagnosed() ([]finding.Finding, error) {
	got, err := dump.Read(bytes.NewReader(d.text))
	if err != nil {
		return nil, err
	}
	return diagnose.Diagnose(got, diagnose.Options{Source: source}), nil
}

// judge compares the findings of a dump with the table.
func judge(t *testing.T, d dumped, all []finding.Finding) {
	t.Helper()
	w, bad := wrong[d.name]
	if !bad {
		for _, f := range all {
			if f.Certainty > finding.Note {
				t.Errorf("%s by %s is healthy, and is accused: %s %s: %s\n%s", d.name, d.form, f.Certainty, f.Kind, f.Title, strings.Join(f.Evidence, "\n"))
			}
		}
		return
	}
	if !slices.ContainsFunc(all, func(f finding.Finding) bool { return w.fits(d.form, f) }) {
		t.Errorf("%s by %s: want %+v, got\n%s", d.name, d.form, w, texts(all))
	}
}

func texts(all []finding.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "  %s %s: %s\n    %s\n    fix: %s\n", f.Certainty, f.Kind, f.Title, strings.Join(f.Evidence, "\n    "), f.Fix)
	}
	return b.String()
}

// TestKept diagnoses the dumps that are kept, without building anything.
func TestKept(t *testing.T) {
	count := map[bool]map[string]bool{true: {}, false: {}}
	for _, d := range kept(t) {
		_, bad := wrong[d.name]
		count[bad][d.name] = true
		judge(t, d.dumped, d.found)
	}
	for name := range wrong {
		if !count[true][name] {
			t.Errorf("no dump of %s is kept", name)
		}
	}
	t.Logf("%d programs with a mistake, %d healthy ones", len(count[true]), len(count[false]))
	if len(count[true]) < 40 || len(count[false]) < 40 {
		t.Error("want at least 40 of each")
	}
}

// TestScenarios builds the programs, runs each in every form, and diagnoses what they print now.
func TestScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program and runs it some hundred times")
	}
	repeat.Once(t)
	bin := filepath.Join(t.TempDir(), "scenarios")
	args := append([]string{"build", "-trimpath", "-o", bin}, strings.Fields(*buildFlags)...)
	build := exec.Command("go", append(args, "./testdata/scenarios")...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // with C in it, the runtime does not look for deadlocks
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	list, err := exec.Command(bin, "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	archives := map[string]*txtar.Archive{}
	for _, d := range runAll(t, bin, strings.Fields(string(list))) {
		if archives[d.name] == nil {
			archives[d.name] = &txtar.Archive{}
		}
		archives[d.name].Files = append(archives[d.name].Files, txtar.File{Name: d.form, Data: d.text})
		found, err := d.diagnosed()
		if err != nil {
			t.Errorf("%s by %s: %v", d.name, d.form, err)
		}
		judge(t, d, found)
	}
	if !*update || t.Failed() {
		return
	}
	for name, a := range archives {
		if err := os.WriteFile(filepath.Join("testdata", "dumps", name+".txt"), txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// runAll runs every scenario in its forms, two at a time.
func runAll(t *testing.T, bin string, names []string) []dumped {
	var all []dumped
	for _, name := range names {
		for _, form := range forms {
			if form != "panic" || wrong[name].all {
				all = append(all, dumped{name: name, form: form})
			}
		}
		if *recording != "" {
			all = append(all, dumped{name: name, form: "owners"})
		}
	}
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Go(func() {
			for i := range next {
				var err error
				if all[i].text, err = all[i].run(bin); err != nil {
					t.Errorf("%s by %s: %v\n%s", all[i].name, all[i].form, err, all[i].text)
				}
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wg.Wait()
	return all
}

// run runs one scenario and returns its dump. A signal that comes before the goroutine that asked for it has ended is sent to another process.
func (d dumped) run(bin string) (text []byte, err error) {
	for range 50 {
		text, err = d.once(bin)
		if err != nil || d.form != "quit" || !bytes.Contains(text, []byte("main.watch(")) {
			break
		}
	}
	return text, err
}

func (d dumped) once(bin string) ([]byte, error) {
	cmd := exec.Command(bin, d.name, d.form)
	if d.form == "owners" {
		cmd = exec.Command(*recording, d.name, "stack")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var dumped bytes.Buffer
	cmd.Stderr = &dumped
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	lines := bufio.NewReader(out)
	if d.form == "quit" {
		if _, err := lines.ReadString('\n'); err != nil {
			return nil, err
		}
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			return nil, err
		}
	}
	text, err := io.ReadAll(lines)
	_ = cmd.Wait() // a dump ends the program with an error, mostly
	text = append(dumped.Bytes(), text...)
	if at := bytes.Index(text, []byte("\nrax ")); at > 0 {
		text = text[:at+1] // the registers differ by processor, and say nothing here
	}
	return append(bytes.TrimRight(text, "\n"), '\n'), err
}
