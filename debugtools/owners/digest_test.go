package owners

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/control"
)

// update has TestDigests write what it finds.
var update = flag.Bool("update", false, "write digests and golden files")

// toolchains returns the toolchains that can be asked without a download: the one of this test, and those that GODMODE_TOOLCHAINS names (go1.27.4).
func toolchains(t testing.TB) []control.Toolchain {
	t.Helper()
	var all []control.Toolchain
	for _, name := range append([]string{""}, strings.Fields(os.Getenv("GODMODE_TOOLCHAINS"))...) {
		env := os.Environ()
		if name != "" {
			env = append(env, "GOTOOLCHAIN="+name)
		}
		tc, err := control.Detect(context.Background(), control.Config{Dir: t.TempDir(), Env: env})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, tc)
	}
	return all
}

// TestDigests: every edit applies to every toolchain that is available, and every declaration that is edited was looked at. With -update it writes down what
// it finds instead, for the minor versions that it sees.
func TestDigests(t *testing.T) {
	for _, tc := range toolchains(t) {
		found, err := control.Digests(tc, Sources(Owners))
		if err != nil {
			t.Fatal(tc.Version, err)
		}
		name := filepath.Join("std", "digests", tc.Minor+".txt")
		if *update {
			if err := os.WriteFile(name, []byte(found), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		known, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(found) {
			if !strings.Contains(string(known), line) {
				t.Errorf("%s: not looked at: %s", tc.Version, line)
			}
		}
	}
}
