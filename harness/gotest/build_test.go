package gotest

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

func TestBuildMakesEveryBinary(t *testing.T) {
	repeat.Once(t)
	all := binaries(t, scratch(), "rare", "other/rare", "bare", "broken", "mainfails", "together")
	for i, want := range []struct{ runnable, noTests bool }{{true, false}, {true, false}, {false, true}, {false, false}, {true, false}, {true, false}} {
		if b := all[i]; b.Runnable() != want.runnable || b.NoTests != want.noTests || b.Runnable() && !isFile(b.Path) {
			t.Errorf("%+v", b)
		}
	}
	if all[0].Path == all[1].Path {
		t.Error("two packages of one name share a binary")
	}
	if e := all[3].BuildError; !strings.Contains(e, "undefined: missing") || strings.Contains(e, "rare") {
		t.Errorf("compiler error %q", e)
	}
}

func TestBuildListsTestsOfAllSorts(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "other/rare"), Iterations: 2}
	var names []string
	for _, x := range mustRun(t, context.Background(), c).Tests {
		names = append(names, x.Test)
		if x.Verdict != OK {
			t.Errorf("%+v", x)
		}
	}
	if got := strings.Join(names, " "); got != "TestOne FuzzThree ExampleTwo" {
		t.Errorf("ran %s", got)
	}
}

func TestFailedBuildsLeaveNothing(t *testing.T) {
	module := t.TempDir()
	if err := writeScratch(module); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, try := range map[string]func(temp string) (*Set, error){
		"no module": func(temp string) (*Set, error) {
			return Build(context.Background(), BuildConfig{Dir: t.TempDir(), TempDir: temp, Env: buildEnv()})
		},
		"no package": func(temp string) (*Set, error) {
			return Build(context.Background(), BuildConfig{Dir: module, Patterns: []string{"./none/..."}, TempDir: temp, Env: buildEnv()})
		},
		"interrupted": func(temp string) (*Set, error) {
			return Build(cancelled, BuildConfig{Dir: module, TempDir: temp, Env: buildEnv()})
		},
	} {
		temp := t.TempDir()
		set, err := try(temp)
		if err == nil && (len(set.Binaries) != 1 || set.Binaries[0].BuildError == "") {
			t.Errorf("%s: built %+v", name, set.Binaries)
		}
		if err == nil {
			set.Close()
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

func TestMissingPackageIsABuildError(t *testing.T) {
	module := t.TempDir()
	if err := writeScratch(module); err != nil {
		t.Fatal(err)
	}
	set, err := Build(context.Background(), BuildConfig{Dir: module, Patterns: []string{"./nowhere"}, TempDir: t.TempDir(), Env: buildEnv()})
	if err != nil {
		return // some versions of the go command do not list it at all
	}
	defer set.Close()
	if b := set.Binaries[0]; b.BuildError == "" || b.Runnable() || b.NoTests {
		t.Errorf("%+v", b)
	}
}
