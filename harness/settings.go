package harness

import (
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"
	"time"
)

// A setting is a knob of [Test]: a flag of the test binary and its twin in the environment. The flag wins.
type setting struct {
	flag, env, usage string
	set              func(*settings, string) error
}

// settings are the values of all knobs.
type settings struct {
	engine Engine
	cases  string
	seeded bool
	cfg    Config
}

// knobs is the one table of all settings. The command sets the environment for tests that it runs.
var knobs = []setting{
	{"harness.engine", "HARNESS_ENGINE", "engine of harness.Test: check, stress or chaos", func(s *settings, v string) (err error) {
		s.engine, err = ParseEngine(v)
		return err
	}},
	{"harness.seed", "HARNESS_SEED", "seed of harness.Test, such as 0x5eed17", seedOf},
	{"", "HARNESS_RUN_SEED", "", func(s *settings, v string) error {
		if s.seeded {
			return nil
		}
		return seedOf(s, v)
	}},
	{"harness.for", "HARNESS_FOR", "time budget of each harness.Test, such as 10s", func(s *settings, v string) (err error) {
		s.cfg.For, err = time.ParseDuration(v)
		return err
	}},
	{"harness.iterations", "HARNESS_ITERATIONS", "programs or histories of each harness.Test", count(func(s *settings) *int { return &s.cfg.Iterations })},
	{"harness.goroutines", "HARNESS_GOROUTINES", "clients of a program", count(func(s *settings) *int { return &s.cfg.Goroutines })},
	{"harness.ops", "HARNESS_OPS", "operations of each client", count(func(s *settings) *int { return &s.cfg.Ops })},
	{"harness.cases", "HARNESS_CASES", "directory of failure cases (default testdata/harness)", func(s *settings, v string) error {
		s.cases = v
		return nil
	}},
}

// seedOf reads a seed.
func seedOf(s *settings, v string) (err error) {
	s.cfg.Seed, err = strconv.ParseUint(v, 0, 64)
	s.seeded = true
	return err
}

// count is a setting that is a number.
func count(of func(*settings) *int) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is no count", v)
		}
		*of(s) = n
		return nil
	}
}

// flags holds the values given on the command line of the test binary.
var flags = defineFlags(flag.CommandLine)

// defineFlags adds the flags of all knobs to a set.
func defineFlags(set *flag.FlagSet) map[string]*string {
	values := map[string]*string{}
	for _, k := range knobs {
		if k.flag != "" {
			values[k.flag] = set.String(k.flag, "", k.usage)
		}
	}
	return values
}

// readSettings reads all knobs through an injected lookup of the environment. The seed depends on the name of the test if none is given, so that
// tests differ and a test does not.
func readSettings(name string, given map[string]*string, lookup func(string) (string, bool)) (*settings, error) {
	s := &settings{engine: Check, cases: "testdata/harness"}
	for _, k := range knobs {
		where, v := k.env, ""
		if env, ok := lookup(k.env); ok {
			v = env
		}
		if p := given[k.flag]; p != nil && *p != "" {
			where, v = "-"+k.flag, *p
		}
		if v == "" {
			continue
		}
		if err := k.set(s, v); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", where, v, err)
		}
	}
	if !s.seeded {
		h := fnv.New64a()
		_, _ = h.Write([]byte(name))
		s.cfg.Seed = h.Sum64()
	}
	return s, nil
}

// environment looks a variable up.
func environment(name string) (string, bool) { return os.LookupEnv(name) }
