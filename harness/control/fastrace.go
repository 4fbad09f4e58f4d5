package control

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// fast holds the edit of FastRace and its digests. They are its own, so that no change of the others has std compiled again for it.
//
//go:embed all:fast
var fast embed.FS

// FastRace is the change of std with which a program that has the race detector starts in about half of the time. It puts nothing under control, and what
// the detector sees and says is the same. fast/edits/race.edit says what is changed, and why that helps.
func FastRace() Sources {
	std, err := fs.Sub(fast, "fast")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return Sources{Std: std}
}

// BuildUncontrolled builds test binaries as gotest.Build does, and those with the race detector with FastRace, where that is possible and helps. Where it is
// not, nobody is told: they only start as slowly as those of go test -race. The flags in the binaries are those of the user, so that cases and
// commands name no overlay.
//
// The first time, std is compiled with the change. That takes as long as the first go test -race of a Go release.
func BuildUncontrolled(ctx context.Context, config gotest.BuildConfig) (*gotest.Set, error) {
	if huge, _ := os.ReadFile(hugePages); config.Race && onRequest(string(huge)) {
		if set, err := buildFast(ctx, config); err == nil {
			return set, nil
		}
	}
	return gotest.Build(ctx, config)
}

// hugePages is where Linux says who gets huge pages.
const hugePages = "/sys/kernel/mm/transparent_hugepage/enabled"

// onRequest reports whether huge pages are given to who asks for them, by what hugePages says. If all get them, or nobody, asking is of no use.
func onRequest(huge string) bool { return strings.Contains(huge, "[madvise]") }

// buildFast builds with FastRace.
func buildFast(ctx context.Context, config gotest.BuildConfig) (*gotest.Set, error) {
	changed, overlay, err := fastConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	defer hold(overlay)()
	set, err := gotest.Build(ctx, changed)
	if err != nil {
		return nil, err
	}
	if err := brokenStd(set.Binaries, filepath.Base(filepath.Dir(overlay))); err != nil {
		return nil, errors.Join(err, set.Close())
	}
	for i := range set.Binaries {
		b := &set.Binaries[i]
		b.BuildFlags = slices.DeleteFunc(b.BuildFlags, func(flag string) bool { return flag == overlayFlag(overlay) })
	}
	return set, nil
}

// fastConfig returns a configuration of the build with FastRace, and the overlay in it.
func fastConfig(ctx context.Context, config gotest.BuildConfig) (changed gotest.BuildConfig, overlay string, err error) {
	t, err := Detect(ctx, Config{Dir: config.Dir, Env: config.Env, GoCommand: config.GoCommand})
	if err != nil {
		return config, "", err
	}
	user, err := parseFlags(t.goflags, config.ExtraFlags)
	switch {
	case err != nil:
		return config, "", err
	case user.overlay != "":
		return config, "", &Unsupported{Reason: "there is an overlay of the user, and the gain is not worth touching it"}
	case t.GOOS != "linux":
		return config, "", &Unsupported{Reason: "huge pages are asked for on Linux only"}
	}
	if overlay, err = Prepare(ctx, t, FastRace()); err != nil {
		return config, "", err
	}
	config.ExtraFlags = append(slices.Clone(config.ExtraFlags), overlayFlag(overlay))
	config.Env, config.GoCommand = t.env, t.command
	return config, overlay, nil
}

// overlayFlag is the flag that names an overlay.
func overlayFlag(name string) string { return "-overlay=" + name }
