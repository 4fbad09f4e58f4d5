package harness

import (
	"flag"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	env := func(pairs ...string) func(string) (string, bool) {
		return func(name string) (string, bool) {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1], true
				}
			}
			return "", false
		}
	}
	given := func(args ...string) map[string]*string {
		set := flag.NewFlagSet("test", flag.ContinueOnError)
		values := defineFlags(set)
		if err := set.Parse(args); err != nil {
			t.Fatal(err)
		}
		return values
	}
	s, err := readSettings("TestA", given(), env())
	if err != nil || s.engine != Check || s.cases != "testdata/harness" || s.cfg.Seed == 0 {
		t.Errorf("defaults: %+v, %v", s, err)
	}
	if other, _ := readSettings("TestB", given(), env()); other.cfg.Seed == s.cfg.Seed {
		t.Error("two tests have one seed")
	}
	s, err = readSettings("TestA", given("-harness.engine=stress", "-harness.seed=0x10"), env("HARNESS_ENGINE", "chaos", "HARNESS_FOR", "3s", "HARNESS_RUN_SEED", "5"))
	if err != nil || s.engine != Stress || s.cfg.Seed != 16 || s.cfg.For != 3*time.Second {
		t.Errorf("flags before environment: %+v, %v", s, err)
	}
	if s, err = readSettings("TestA", given(), env("HARNESS_RUN_SEED", "5")); err != nil || s.cfg.Seed != 5 {
		t.Errorf("the seed of the process: %+v, %v", s, err)
	}
	for _, bad := range [][2]string{{"HARNESS_ENGINE", "strees"}, {"HARNESS_SEED", "x"}, {"HARNESS_FOR", "3"}, {"HARNESS_OPS", "-1"}} {
		_, err := readSettings("TestA", given(), env(bad[0], bad[1]))
		if err == nil || !strings.HasPrefix(err.Error(), bad[0]+"="+bad[1]+": ") {
			t.Errorf("%v: error %v does not name the variable", bad, err)
		}
	}
}
