package control

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// files holds the edits, the files to add and the digests.
//
//go:embed all:std
var files embed.FS

// Sources are the changes of std.
type Sources struct {
	// Std holds edits/*.edit, add/<import path>/<name>.txt, digests/<minor version>.txt and gcflags.txt.
	Std fs.FS
	// Packages are Go packages whose source is added to std, by the import path that they get there. Tests and embed.go are left out.
	Packages map[string]fs.FS
	// Added are the texts of further files that are added to std, by their name below src: runtime/mode.go.
	Added map[string]string
}

// DefaultSources are the changes that put a program under control.
func DefaultSources() Sources {
	std, err := fs.Sub(files, "std")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return Sources{Std: std, Packages: map[string]fs.FS{"godmode/sched": sched.Source}}
}

// A file that is added to std.
type addition struct {
	name string // below src: runtime/godmode.go
	text string
}

// module is the path in front of the packages that are added to std, which lose it there.
const module = "github.com/concurrency-god-mode/godmode/harness/"

// additions returns all files that are added to std of a minor version, sorted by name.
func (s Sources) additions(minor string) ([]addition, error) {
	all, err := addedFiles(s.Std, minor)
	if err != nil {
		return nil, err
	}
	for target, source := range s.Packages {
		list, err := packageFiles(source, target)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	for name, text := range s.Added {
		all = append(all, addition{name, text})
	}
	slices.SortFunc(all, func(a, b addition) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(all); i++ {
		if all[i].name == all[i-1].name {
			return nil, fmt.Errorf("%s is added twice", all[i].name)
		}
	}
	return all, nil
}

// addedFiles returns what lies below add/. A first line "//godmode:versions go1.26 go1.27" limits a file to these.
func addedFiles(std fs.FS, minor string) ([]addition, error) {
	if _, err := fs.Stat(std, "add"); err != nil {
		return nil, nil
	}
	var all []addition
	err := fs.WalkDir(std, "add", func(name string, d fs.DirEntry, err error) error {
		target, ok := strings.CutSuffix(strings.TrimPrefix(name, "add/"), ".txt")
		if err != nil || d.IsDir() || !ok {
			return err
		}
		text, err := fs.ReadFile(std, name)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		if list, ok := strings.CutPrefix(first, "//godmode:versions "); !ok || covers(strings.Fields(list), minor) {
			all = append(all, addition{target, string(text)})
		}
		return nil
	})
	return all, err
}

// packageFiles returns the source of a package of this module as it is added to std.
func packageFiles(source fs.FS, target string) ([]addition, error) {
	names, err := fs.Glob(source, "*.go")
	if err != nil {
		return nil, err
	}
	var all []addition
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "embed.go" {
			continue
		}
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		all = append(all, addition{path.Join(target, name), strings.ReplaceAll(string(text), `"`+module, `"godmode/`)})
	}
	return all, nil
}

// gcflags returns the compiler flags of builds without the race detector, one pattern=flags a line of gcflags.txt: see the package comment on points in front of sync/atomic.
func (s Sources) gcflags() []string {
	text, err := fs.ReadFile(s.Std, "gcflags.txt")
	if err != nil {
		return nil
	}
	var flags []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			flags = append(flags, line)
		}
	}
	return flags
}
