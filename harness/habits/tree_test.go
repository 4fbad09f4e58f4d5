package habits

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path of the project's module, with a slash.
const module = "github.com/concurrency-god-mode/godmode/"

// A source is one parsed Go file.
type source struct {
	path  string // from the root of the project, with slashes
	lines int
	fset  *token.FileSet
	file  *ast.File
}

// parse reads a Go file.
func parse(name string, text []byte) (*source, error) {
	s := &source{path: name, fset: token.NewFileSet(), lines: strings.Count(string(text), "\n")}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, text, parser.ParseComments)
	return s, err
}

func (s *source) dir() string { return path.Dir(s.path) }
func (s *source) test() bool  { return strings.HasSuffix(s.path, "_test.go") }
func (s *source) main() bool  { return s.file.Name.Name == "main" }
func (s *source) at(n ast.Node) string {
	return s.path + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line)
}

// within reports whether a file or directory is one of these, or below one.
func within(name string, places ...string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") })
}

// imports returns the paths that the file imports, by the name under which it uses them.
func (s *source) imports() map[string]string {
	list := map[string]string{}
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
			name = path.Base(path.Dir(p))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		list[name] = p
	}
	return list
}

// uses visits every use of an imported package's name in the file: pkg is the import path.
func (s *source) uses(visit func(pkg, name string, at ast.Node)) {
	imports := s.imports()
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && imports[x.Name] != "" {
			visit(imports[x.Name], sel.Sel.Name, sel)
		}
		return true
	})
}

// root is the directory of the project's go.mod.
var root = sync.OnceValue(func() string {
	dir, err := filepath.Abs(".")
	if err != nil {
		panic(err)
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.Contains(string(text), "module "+strings.TrimSuffix(module, "/")+"\n") {
			return dir
		}
		if dir == filepath.Dir(dir) {
			panic("habits: no go.mod of the project above the working directory")
		}
		dir = filepath.Dir(dir)
	}
})

// skipped are directories that hold no text of the project: version control, what a run leaves behind.
var skipped = []string{".git", ".harness", "soak-state"}

// texts visits the project's files.
func texts(visit func(name string, text []byte)) error {
	return fs.WalkDir(os.DirFS(root()), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skipped, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular(), strings.HasSuffix(name, ".test"), strings.HasSuffix(name, ".prof"):
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root(), filepath.FromSlash(name)))
		if err == nil {
			visit(name, text)
		}
		return err
	})
}

// sources returns every Go file of the project, in the order of their paths, without the broken programs of testdata.
func sources(t *testing.T) []*source {
	t.Helper()
	list, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// load reads the tree once for all rules.
var load = sync.OnceValues(func() ([]*source, error) {
	var list []*source
	var errs []error
	err := texts(func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") || strings.Contains("/"+name, "/testdata/") {
			return
		}
		s, err := parse(name, text)
		list, errs = append(list, s), append(errs, err)
	})
	if len(list) == 0 {
		errs = append(errs, errors.New("no Go file was found: every rule would pass"))
	}
	return list, errors.Join(append(errs, err)...)
})

// apply runs a rule over the sources and reports what it finds.
func apply(t *testing.T, rule func(*source) []string) {
	t.Helper()
	for _, s := range sources(t) {
		for _, complaint := range rule(s) {
			t.Error(complaint)
		}
	}
}
