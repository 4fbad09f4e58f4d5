package signature

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden; legitimate only when the naming of failures is meant to change")

// exits gives the end of each recorded process that was not exit status 1.
var exits = map[string]ExitInfo{
	"panic-": {Code: 2}, "fatal-": {Code: 2}, "deadlock-": {Code: 2}, "race-panic": {Code: 2}, "lock-": {Code: 2}, "exit-segv": {Code: 2},
	"hang-": {Code: 2, TimedOut: true}, "hang-timeout": {Code: 2}, "exit-three": {Code: 3}, "exit-kill": {Code: -1, Signal: "killed"},
}

// exitOf returns how the process of a recording ended: by the longest prefix of its name in the table, or exit status 1.
func exitOf(name string) ExitInfo {
	best, exit := "", ExitInfo{Code: 1}
	for prefix, e := range exits {
		if strings.HasPrefix(name, prefix) && len(prefix) > len(best) {
			best, exit = prefix, e
		}
	}
	return exit
}

// recordings returns the recorded outputs by name.
func recordings(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("testdata holds %d recordings, %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = content
	}
	return all
}

func TestGolden(t *testing.T) {
	for name, output := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			found := Parse(output, exitOf(name))
			for i := range found {
				found[i].Excerpt = clip(found[i].Excerpt, 120)
				found[i].Essence = clip(found[i].Essence, 900)
			}
			var b strings.Builder
			encoder := json.NewEncoder(&b)
			encoder.SetIndent("", "\t")
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(found); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}
