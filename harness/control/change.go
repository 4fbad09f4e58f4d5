package control

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// A Change is a go command that builds with a changed standard library, for changes that are not meant to control anything. Close it after the build.
type Change struct {
	Toolchain Toolchain
	Command   string   // the go command to run
	Env       []string // its environment
	Flags     []string // build flags: -overlay, -gcflags and -race, those of the user merged with ours
	Rest      []string // what else the user has given, in its order
	Overlay   string   // the file that -overlay names in Flags

	standard string // the overlay without that of the user
	temp     string
	release  func()
}

// Close removes what the build needed.
func (c *Change) Close() error {
	c.release()
	return os.RemoveAll(c.temp)
}

// NewChange prepares config.Sources for the toolchain of config.Dir. The error is an *Unsupported if they do not fit it. An overlay of the user is merged with
// ours. Patterns and Limits have no meaning here.
func NewChange(ctx context.Context, config Config) (*Change, error) {
	t, err := Detect(ctx, config)
	if err != nil {
		return nil, err
	}
	user, err := parseFlags(t.goflags, config.BuildFlags)
	if err != nil {
		return nil, err
	}
	standard, err := Prepare(ctx, t, config.sources())
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(config.TempDir, "change-")
	if err != nil {
		return nil, fmt.Errorf("making a directory for the build: %w", err)
	}
	c := &Change{Toolchain: t, Command: t.command, Env: t.env, standard: standard, temp: temp, release: hold(standard)}
	if c.Overlay, err = mergeOverlay(standard, user.overlay, config.Dir, temp); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.Flags, c.Rest = []string{overlayFlag(c.Overlay)}, user.rest
	if config.Race || user.race {
		c.Flags = append(c.Flags, "-race")
	}
	c.Flags = append(c.Flags, mergeGcflags(user.gcflags, config.sources().gcflags())...)
	return c, nil
}

// BuildChanged builds test binaries as gotest.Build does, with a changed standard library. The flags in the binaries are those of the user, so that cases and
// commands name no overlay. The error is an *Unsupported if the changes do not fit the toolchain.
func BuildChanged(ctx context.Context, config gotest.BuildConfig, sources Sources) (*gotest.Set, error) {
	user := config.ExtraFlags
	c, err := NewChange(ctx, Config{Dir: config.Dir, BuildFlags: user, Env: config.Env, GoCommand: config.GoCommand, TempDir: config.TempDir, Sources: sources})
	if err != nil {
		return nil, err
	}
	config.ExtraFlags = slices.DeleteFunc(slices.Concat(c.Rest, c.Flags), func(flag string) bool { return config.Race && flag == "-race" })
	config.Env, config.GoCommand = c.Env, c.Command
	set, err := gotest.Build(ctx, config)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := errors.Join(brokenStd(set.Binaries, filepath.Base(filepath.Dir(c.standard))), c.Close()); err != nil {
		return nil, errors.Join(err, set.Close())
	}
	for i := range set.Binaries {
		b := &set.Binaries[i]
		b.BuildFlags = slices.Clone(user)
		if b.Race {
			b.BuildFlags = append([]string{"-race"}, user...)
		}
	}
	return set, nil
}

// Digests returns the declarations that changes touch in a toolchain, as the content of digests/<minor version>.txt. It fails if an edit does not apply.
func Digests(t Toolchain, s Sources) (string, error) {
	p, err := newPlan(t, s)
	if err != nil {
		return "", err
	}
	if _, err := p.apply(""); err != nil {
		return "", err
	}
	list, err := digests(p.sources, p.edits)
	if err != nil {
		return "", err
	}
	k := known{}
	for d, hash := range list {
		k[d] = append(k[d], hash)
	}
	return k.String(), nil
}
