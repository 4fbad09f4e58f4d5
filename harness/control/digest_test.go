package control

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// update has TestDigests write what it finds.
var update = flag.Bool("update", false, "write the digests of the toolchains that are available")

// toolchains returns the toolchains that can be asked without a download: the one of this test, and those that GODMODE_TOOLCHAINS names (go1.27.4).
func toolchains(t *testing.T) map[string]Toolchain {
	all := map[string]Toolchain{}
	for _, name := range append([]string{""}, strings.Fields(os.Getenv("GODMODE_TOOLCHAINS"))...) {
		env := os.Environ()
		if name != "" {
			env = append(env, "GOTOOLCHAIN="+name)
		}
		tc, err := Detect(context.Background(), Config{Dir: t.TempDir(), Env: env})
		if err != nil {
			t.Fatal(err)
		}
		all[tc.Version] = tc
	}
	return all
}

// TestDigests: every edit applies to every toolchain that is available, and every declaration that is edited was checked. With -update it writes down what
// it finds instead, for the minor versions that it sees.
func TestDigests(t *testing.T) {
	all := toolchains(t)
	for dir, s := range map[string]Sources{"std": DefaultSources(), "fast": FastRace(), "leaks": LeakWatch()} {
		t.Run(dir, func(t *testing.T) { checkDigests(t, all, dir, s) })
	}
}

// checkDigests checks the digests of changes whose source is a directory, or writes them.
func checkDigests(t *testing.T, all map[string]Toolchain, dir string, s Sources) {
	found := map[string]known{}
	for version, tc := range all {
		p, err := newPlan(tc, s)
		if err != nil {
			t.Error(version, err)
			continue
		}
		if _, err = p.apply(""); err == nil && !*update {
			err = p.check()
		}
		if err != nil {
			t.Errorf("%s: %v", version, err)
			continue
		}
		list, err := digests(p.sources, p.edits)
		if err != nil {
			t.Errorf("%s: %v", version, err)
			continue
		}
		if found[tc.Minor] == nil {
			found[tc.Minor] = known{}
		}
		for d, hash := range list {
			found[tc.Minor][d] = append(found[tc.Minor][d], hash)
		}
	}
	if *update {
		for minor, k := range found {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(digestFile(minor))), []byte(k.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
