package control

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Limit is something in a program that reaches outside of what can be controlled: it is named in the report, so that nobody takes it for explored.
type Limit struct {
	What    string   // cgo, assembly, network, processes, signals, system calls, plugins
	Package string   // the package that uses it. Packages of std are not listed.
	Places  []string // file:line of the imports, or the files of assembly
}

// reaches says what an import reaches.
func reaches(path string) string {
	switch path {
	case "C":
		return "cgo"
	case "net", "net/http", "net/http/httptest", "net/rpc", "net/smtp", "crypto/tls", "log/syslog":
		return "network"
	case "os/exec":
		return "processes"
	case "os/signal":
		return "signals"
	case "syscall":
		return "system calls"
	case "plugin":
		return "plugins"
	}
	if strings.HasPrefix(path, "golang.org/x/sys/") {
		return "system calls"
	}
	return ""
}

// A dependency is what go list says about a package that becomes part of a test binary.
type dependency struct {
	ImportPath, Dir   string
	Standard          bool
	GoFiles, CgoFiles []string
	SFiles, SwigFiles []string
	Imports           []string
}

// A Scope says how much of a program is compiled for control: the packages under test with their tests, all that they depend on, and the standard library.
type Scope struct {
	Packages, Files int // outside of the standard library
	Std             int // packages of it
}

// survey lists what reaches outside in the packages that match and all that they depend on, and counts what that is. Files that build tags leave out do
// not count.
func survey(ctx context.Context, config Config, t Toolchain, flags []string, overlayFile string) ([]Limit, Scope, error) {
	args := []string{"list", "-e", "-deps", "-test", "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,SFiles,SwigFiles,Imports"}
	if config.Race {
		args = append(args, "-race")
	}
	patterns := config.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	out, err := run(ctx, t.command, config.Dir, t.env, slices.Concat(args, flags, []string{"--"}, patterns)...)
	if err != nil {
		return nil, Scope{}, fmt.Errorf("listing what the packages depend on: %w", err)
	}
	replaced, err := readOverlay(overlayFile)
	if err != nil {
		return nil, Scope{}, err
	}
	found := reached{replaced: replaced.Replace, places: map[reach]map[string]bool{}}
	seen := extent{own: map[string]bool{}, files: map[string]bool{}, std: map[string]bool{}}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p dependency
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found.limits(), seen.scope(), nil
		} else if err != nil {
			return nil, Scope{}, fmt.Errorf("reading go list: %w", err)
		}
		seen.add(p)
		if !p.Standard {
			found.look(p)
		}
	}
}

// An extent collects what is compiled. A package that is compiled for a test again is the same package.
type extent struct{ own, files, std map[string]bool }

// add notes a package. What go test generates to call the tests is nobody's.
func (e extent) add(p dependency) {
	name, _, _ := strings.Cut(p.ImportPath, " ")
	switch {
	case p.Standard:
		e.std[name] = true
	case strings.HasSuffix(name, ".test"):
	default:
		e.own[strings.TrimSuffix(name, "_test")] = true
		for _, f := range slices.Concat(p.GoFiles, p.CgoFiles) {
			e.files[filepath.Join(p.Dir, f)] = true
		}
	}
}

// scope counts.
func (e extent) scope() Scope {
	return Scope{Packages: len(e.own), Files: len(e.files), Std: len(e.std)}
}

// A reach is what a package reaches.
type reach struct{ pkg, what string }

// reached collects places by package and by what they reach.
type reached struct {
	replaced map[string]string // files that an overlay replaces
	places   map[reach]map[string]bool
}

// add notes a place.
func (r reached) add(pkg, what, place string) {
	k := reach{pkg, what}
	if r.places[k] == nil {
		r.places[k] = map[string]bool{}
	}
	r.places[k][place] = true
}

// look notes what a package reaches. A package that is compiled for a test again is the same package.
func (r reached) look(p dependency) {
	name, _, _ := strings.Cut(p.ImportPath, " ")
	for _, f := range slices.Concat(p.SFiles, p.SwigFiles) {
		r.add(name, "assembly", filepath.Join(p.Dir, f))
	}
	if !slices.ContainsFunc(append(p.Imports, cgoMark(p)...), func(path string) bool { return reaches(path) != "" }) {
		return
	}
	for _, f := range slices.Concat(p.GoFiles, p.CgoFiles) {
		r.file(name, filepath.Join(p.Dir, f))
	}
}

// cgoMark is the import of C, which go list does not always name.
func cgoMark(p dependency) []string {
	if len(p.CgoFiles) > 0 {
		return []string{"C"}
	}
	return nil
}

// file notes what the imports of a file reach. A file that cannot be read has been reported by the compiler.
func (r reached) file(pkg, name string) {
	actual := cmp.Or(r.replaced[name], name)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, actual, nil, parser.ImportsOnly)
	if err != nil {
		return
	}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if what := reaches(path); what != "" {
			r.add(pkg, what, name+":"+strconv.Itoa(fset.Position(spec.Pos()).Line))
		}
	}
}

// limits returns what was found, sorted.
func (r reached) limits() []Limit {
	var list []Limit
	for k, places := range r.places {
		list = append(list, Limit{What: k.what, Package: k.pkg, Places: slices.Sorted(maps.Keys(places))})
	}
	slices.SortFunc(list, func(a, b Limit) int { return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.What, b.What)) })
	return list
}
