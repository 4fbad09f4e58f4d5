package habits

import (
	"bytes"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The budgets, in lines. They lie between the median and the best of well-kept Go projects. Code means everything but tests.
const (
	medianFunction  = 8
	usualFunction   = 45 // 95 of 100 functions are no longer
	longestFunction = 70
	usualFile       = 550
	longestFile     = 800
	mostExports     = 120
)

// leastTests is the length of all tests, with their scripts, for a line of code. It is what was measured last, rounded down: raise it when the measure
// has risen, never lower it. The goal is 1.
const leastTests = 0.50

// function is the length of one function, with where it is.
type function struct {
	at    string
	lines int
}

// functions returns the functions of a file. The length of one is that of its body, without the lines of its braces; a function on one line has one.
func functions(s *source) []function {
	var list []function
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			lines := s.fset.Position(f.Body.Rbrace).Line - s.fset.Position(f.Body.Lbrace).Line - 1
			list = append(list, function{s.at(f) + ": " + f.Name.Name, max(lines, 1)})
		}
	}
	return list
}

// percentile returns the element below which p of 100 lie. It sorts the list.
func percentile(list []int, p int) int {
	slices.Sort(list)
	return list[min(len(list)*p/100, len(list)-1)]
}

// longFunctions is the rule of the longest function. Tests may hold a long table.
func longFunctions(s *source) []string {
	var bad []string
	for _, f := range functions(s) {
		if f.lines > longestFunction && !s.test() {
			bad = append(bad, fmt.Sprintf("%s has %d lines, and the longest may have %d: give its parts names", f.at, f.lines, longestFunction))
		}
	}
	return bad
}

// longFiles is the rule of the longest file.
func longFiles(s *source) []string {
	if s.lines > longestFile {
		return []string{fmt.Sprintf("%s has %d lines, and the longest may have %d: one idea a file", s.path, s.lines, longestFile)}
	}
	return nil
}

func TestFunctionsAreShort(t *testing.T) {
	apply(t, longFunctions)
	var lengths []int
	for _, s := range sources(t) {
		for _, f := range functions(s) {
			if !s.test() {
				lengths = append(lengths, f.lines)
			}
		}
	}
	median, usual := percentile(lengths, 50), percentile(lengths, 95)
	t.Logf("%d functions: median %d lines, 95 %% have at most %d", len(lengths), median, usual)
	if median > medianFunction || usual > usualFunction {
		t.Errorf("the median function has %d lines (budget %d), the 95th percentile %d (budget %d)", median, medianFunction, usual, usualFunction)
	}
}

func TestFilesAreShort(t *testing.T) {
	apply(t, longFiles)
	var lengths []int
	for _, s := range sources(t) {
		lengths = append(lengths, s.lines)
	}
	usual := percentile(lengths, 95)
	t.Logf("%d files: 95 %% have at most %d lines", len(lengths), usual)
	if usual > usualFile {
		t.Errorf("the 95th percentile of files has %d lines (budget %d)", usual, usualFile)
	}
}

// exported is an exported name of a package, and whether a comment says what it is.
type exported struct {
	at, name   string
	method     bool
	documented bool
}

// exports returns what a file adds to the interface of its package: the command and tests have none.
func exports(s *source) []exported {
	if s.test() || s.main() {
		return nil
	}
	var list []exported
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
				list = append(list, exported{s.at(d), d.Name.Name, d.Recv != nil, d.Doc != nil})
			}
		case *ast.GenDecl:
			list = append(list, declared(s, d)...)
		}
	}
	return list
}

// receiver returns the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	x := f.Recv.List[0].Type
	for {
		switch e := x.(type) {
		case *ast.StarExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.IndexListExpr:
			x = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// declared returns the exported types, constants and variables of a declaration. A comment in front of a group of constants documents all of it.
func declared(s *source, d *ast.GenDecl) []exported {
	var list []exported
	add := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if id.IsExported() {
			some := slices.ContainsFunc(docs, func(c *ast.CommentGroup) bool { return c != nil })
			list = append(list, exported{s.at(id), id.Name, false, some})
		}
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			add(spec.Name, d.Doc, spec.Doc)
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				add(id, d.Doc, spec.Doc, spec.Comment)
			}
		}
	}
	return list
}

// documents is the rule of doc comments.
func documents(s *source) []string {
	var bad []string
	for _, e := range exports(s) {
		if !e.documented {
			bad = append(bad, fmt.Sprintf("%s: %s is exported and has no comment: say what it promises", e.at, e.name))
		}
	}
	return bad
}

func TestExportsAreDocumented(t *testing.T) { apply(t, documents) }

// TestPackages: every package has one comment that says what it is, and a small interface.
func TestPackages(t *testing.T) {
	comments, names := map[string][]string{}, map[string]int{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		comments[s.dir()] = append(comments[s.dir()], packageComment(s)...)
		for _, e := range exports(s) {
			if !e.method {
				names[s.dir()]++
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(comments)) {
		if files := comments[dir]; len(files) != 1 {
			t.Errorf("%s has %d package comments %v: want one", dir, len(files), files)
		}
		if names[dir] > mostExports {
			t.Errorf("%s exports %d names, and may export %d", dir, names[dir], mostExports)
		}
	}
}

// packageComment returns the file's name if a package comment stands in it.
func packageComment(s *source) []string {
	if s.file.Doc == nil {
		return nil
	}
	return []string{s.path}
}

// TestTestsAreMany compares the length of tests, scripts among them, with that of code.
func TestTestsAreMany(t *testing.T) {
	code, tests := 0, 0
	err := texts(func(name string, text []byte) {
		n := bytes.Count(text, []byte("\n"))
		switch {
		case strings.HasSuffix(name, "_test.go") && !strings.Contains("/"+name, "/testdata/"), strings.Contains(name, "/testdata/script/"):
			tests += n
		case strings.HasSuffix(name, ".go") && !strings.Contains("/"+name, "/testdata/"):
			code += n
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	share := float64(tests) / float64(code)
	t.Logf("%d lines of tests for %d of code: %.2f; the goal is 1", tests, code, share)
	if share < leastTests {
		t.Errorf("%.2f lines of tests for a line of code, and there were %.2f: new code comes with its tests", share, leastTests)
	}
}
