package control

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseFlags(t *testing.T) {
	u, err := parseFlags(`-mod=mod "-gcflags=all=-N -l" '-overlay=a b.json' -race`, []string{"-tags", "x", "--overlay", "o.json", "-gcflags", "-l", "-race=false", "-gcflags=p=-m"})
	if err != nil {
		t.Fatal(err)
	}
	if u.overlay != "o.json" || u.race || !slices.Equal(u.rest, []string{"-tags", "x"}) || !slices.Equal(u.gcflags, []string{"all=-N -l", "-l", "p=-m"}) {
		t.Errorf("%+v", u)
	}
	if u, err := parseFlags("'-overlay=a b.json' -race", nil); err != nil || u.overlay != "a b.json" || !u.race || len(u.rest) > 0 {
		t.Errorf("%+v, %v", u, err)
	}
	for goflags, flags := range map[string][]string{`"-mod=mod`: nil, "": {"-overlay"}, "-x": {"-gcflags"}} {
		if u, err := parseFlags(goflags, flags); err == nil {
			t.Errorf("%q and %q gave %+v", goflags, flags, u)
		}
	}
}

// flagsFor returns the flags of the last value whose pattern matches, as the go command takes them. "" stands for the packages on the command line.
func flagsFor(values []string, patterns ...string) string {
	flags := ""
	for _, v := range values {
		if p, f := cutPattern(strings.TrimPrefix(v, "-gcflags=")); slices.Contains(patterns, p) {
			flags = f
		}
	}
	return flags
}

// TestMergeGcflags: what the user wants and what we need hold at once.
func TestMergeGcflags(t *testing.T) {
	ours := []string{"all=-d=x", "runtime=", "sync=-d=y"}
	for _, c := range []struct {
		user                        []string
		mine, other, runtime, syncs string
	}{
		{nil, "-d=x", "-d=x", "", "-d=y"},
		{[]string{"-N"}, "-N -d=x", "-d=x", "", "-d=y"},
		{[]string{"all=-N -l"}, "-N -l -d=x", "-N -l -d=x", "-N -l", "-N -l -d=y"},
		{[]string{"all=-N", "-l"}, "-l -d=x", "-N -d=x", "-N", "-N -d=y"},
		{[]string{"std=-N", "sync=-m"}, "-d=x", "-d=x", "-N", "-m -d=y"},
		{[]string{""}, "-d=x", "-d=x", "", "-d=y"},
	} {
		got := mergeGcflags(c.user, ours)
		have := []string{flagsFor(got, "all", ""), flagsFor(got, "all"), flagsFor(got, "all", "std", "runtime"), flagsFor(got, "all", "std", "sync")}
		if want := []string{c.mine, c.other, c.runtime, c.syncs}; !slices.Equal(have, want) {
			t.Errorf("%q gave %q, which means %q, want %q", c.user, got, have, want)
		}
	}
	if got := mergeGcflags([]string{"all=-N", "-l"}, nil); !slices.Equal(got, []string{"-gcflags=all=-N", "-gcflags=-l"}) {
		t.Errorf("%q", got)
	}
}

func TestMergeOverlay(t *testing.T) {
	dir := t.TempDir()
	ours, user := filepath.Join(dir, "ours.json"), filepath.Join(dir, "user.json")
	in := func(name string) string { return filepath.Join(dir, name) }
	replace := func(file string, from, to string) {
		t.Helper()
		text := `{"Replace":{"` + filepath.ToSlash(from) + `":"` + filepath.ToSlash(to) + `"}}`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	replace(ours, in("std.go"), in("changed.go"))
	if got, err := mergeOverlay(ours, "", dir, dir); got != ours || err != nil {
		t.Error(got, err)
	}
	for to, want := range map[string]string{"": "", "new.go": in("new.go")} {
		replace(user, "mine.go", to)
		merged, err := mergeOverlay(ours, "user.json", dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		o, err := readOverlay(merged)
		if err != nil || !maps.Equal(clean(o.Replace), map[string]string{in("std.go"): in("changed.go"), in("mine.go"): want}) {
			t.Error(o, err)
		}
	}
	replace(user, "std.go", "new.go")
	var u *Unsupported
	if _, err := mergeOverlay(ours, user, dir, dir); !errors.As(err, &u) || !strings.Contains(err.Error(), in("std.go")) {
		t.Error(err)
	}
	if _, err := mergeOverlay(ours, "gone.json", dir, dir); err == nil || errors.As(err, &u) {
		t.Error(err)
	}
}

// clean writes the names of an overlay as the system does.
func clean(names map[string]string) map[string]string {
	cleaned := map[string]string{}
	for from, to := range names {
		if to != "" {
			to = filepath.FromSlash(to)
		}
		cleaned[filepath.FromSlash(from)] = to
	}
	return cleaned
}
