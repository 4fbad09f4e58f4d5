package gotest

import (
	"cmp"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
)

// recorded are the variables of the harness's own environment that change what a test does and are no secrets. A case holds them, and
// those of RunConfig.Env.
var recorded = []string{"GODEBUG", "GOEXPERIMENT", "GOFLAGS", "GOGC", "GOMEMLIMIT"}

// A caseWriter saves a case for each bucket: at once, in case the harness does not live to see the end, and again with the rate that was
// measured.
type caseWriter struct {
	config RunConfig
	stream StreamConfig
	engine string
	saved  map[string]*casefile.Case // by signature
	paths  map[string]string
}

// newCaseWriter prepares the cases of a run.
func newCaseWriter(c RunConfig, s StreamConfig, engine string) *caseWriter {
	if s.Now == nil {
		s.Now = time.Now
	}
	return &caseWriter{config: c, stream: s, engine: engine, saved: map[string]*casefile.Case{}, paths: map[string]string{}}
}

// add saves the case of a new bucket and its complete output, which is then no longer held in memory. A bucket of many signatures has no
// case: a replay could not tell which to look for.
func (w *caseWriter) add(b *Bucket) error {
	if w.stream.CaseDir == "" || b.Mixed {
		return nil
	}
	c := w.newCase(b)
	path, err := w.write(c)
	if err != nil {
		return err
	}
	w.saved[b.Signature], w.paths[b.Signature] = c, path
	if err := saveOutput(outputPath(path), b.First.Output); err != nil {
		return err
	}
	b.First.Output = []byte(b.Excerpt)
	return nil
}

// measured saves the case of a bucket again, with its rate, and returns the path, "" if there is none.
func (w *caseWriter) measured(b *Bucket) (string, error) {
	c, ok := w.saved[b.Signature]
	if !ok {
		return "", nil
	}
	c.Fidelity = casefile.Fidelity{Level: casefile.Statistical, Failed: b.Count, Runs: b.Runs}
	path, err := w.write(c)
	return cmp.Or(path, w.paths[b.Signature]), err
}

// write saves a case.
func (w *caseWriter) write(c *casefile.Case) (string, error) {
	c.FitTrace()
	return casefile.Write(w.stream.CaseDir, c)
}

// newCase describes the first failure of a bucket, whose rate is not known yet.
func (w *caseWriter) newCase(b *Bucket) *casefile.Case {
	c := &casefile.Case{
		Package: b.ImportPath, Test: b.caseTest(), Engine: w.engine, Kind: string(b.Kind), Signature: b.Signature, Message: b.Title,
		HarnessVersion: w.stream.HarnessVersion, Fidelity: casefile.Fidelity{Level: casefile.BestEffort}, Expect: casefile.ExpectFail,
		Found: casefile.Found{Time: w.stream.Now().UTC().Truncate(time.Second), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			CPUs: runtime.NumCPU(), GOMAXPROCS: b.First.Plan.Procs, Commit: w.stream.Commit},
		Config: b.First.Plan.pairs(), Trace: b.evidence(),
	}
	i := slices.IndexFunc(w.config.Binaries, func(x Binary) bool { return x.ImportPath == b.ImportPath })
	w.setBuild(c, w.config.Binaries[i])
	w.setRun(c, b)
	w.setEnv(c)
	return c
}

// caseTest returns the full name of the test for a case: the subtest, if the process ran the test that it is part of.
func (b *Bucket) caseTest() string {
	ran := cmp.Or(b.First.Test, strings.TrimPrefix(b.Tests[0], b.ImportPath+"."))
	if topLevel(b.Test) == ran {
		return b.Test
	}
	return ran
}

// setBuild records how the binary was built.
func (w *caseWriter) setBuild(c *casefile.Case, b Binary) {
	if b.Race {
		c.Found.Race, c.Requires = true, []string{"race"}
	}
	c.Found.Go = runtime.Version()
	if info, err := buildinfo.ReadFile(b.Path); err == nil {
		c.Found.Go = info.GoVersion
	}
	if b.LockCheck != "" {
		c.Config.Set("lockcheck", b.LockCheck)
	}
	setList(c, "build", slices.DeleteFunc(slices.Clone(b.BuildFlags), func(f string) bool { return f == "-race" }))
}

// setRun records how the process was run, beside its plan.
func (w *caseWriter) setRun(c *casefile.Case, b *Bucket) {
	config, err := w.config.withDefaults()
	if err != nil {
		return
	}
	c.Config.Set("origin", fmt.Sprintf("%#x", config.Seed))
	c.Config.Set("workers", fmt.Sprint(config.Workers))
	c.Config.Set("timeout", config.Timeout.String())
	c.Config.Set("family", b.Family)
	if config.Calm {
		c.Config.Set("calm", "on")
	}
	if b.First.Test == "" {
		c.Config.Set("isolate", "package")
		c.Config.Set("run", config.Run)
	}
	setList(c, "args", config.Args)
}

// setEnv records the variables that matter. Names that a case cannot hold are left out.
func (w *caseWriter) setEnv(c *casefile.Case) {
	for _, name := range recorded {
		if value, ok := os.LookupEnv(name); ok {
			c.Env.Set(name, value)
		}
	}
	for _, e := range w.config.Env {
		name, value, ok := strings.Cut(e, "=")
		if ok && name != "" && !strings.ContainsAny(name, " \t\r\n\"") {
			c.Env.Set(name, value)
		}
	}
}

// setList records a list of words, if there are any, as JSON.
func setList(c *casefile.Case, key string, words []string) {
	if len(words) > 0 {
		text, _ := json.Marshal(words) // strings can always be written
		c.Config.Set(key, string(text))
	}
}

// outputPath returns where the complete output of a case's first process is kept.
func outputPath(casePath string) string {
	return strings.TrimSuffix(casePath, casefile.Extension) + ".txt"
}

// saveOutput writes an output, unless there is one already: that is the first.
func saveOutput(path string, output []byte) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".output-*")
	if err != nil {
		return fmt.Errorf("saving an output: %w", err)
	}
	_, err = f.Write(output)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("saving an output: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
