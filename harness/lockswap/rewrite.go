package lockswap

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// alias is the name under which a rewritten file imports go-deadlock. No file is likely to use it.
const alias = "godmode_deadlock"

// A change replaces a piece of a file.
type change struct {
	from, to int // offsets
	text     string
}

// rewritten is what rewrite made of a file.
type rewritten struct {
	text  string // empty if nothing is to be changed
	locks int    // how many mentions of a lock were changed
	kept  string // why the locks in it stay, if they do
}

// rewrite returns a file with the locks of package sync swapped for those of the package at path library. It changes no line break.
func rewrite(name, text, library string) (rewritten, error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, text, 0)
	if err != nil {
		return rewritten{}, fmt.Errorf("reading %s: %w", name, err)
	}
	spec := importOfSync(f)
	switch {
	case spec == nil || spec.Name != nil && spec.Name.Name == "_":
		return rewritten{}, nil
	case spec.Name != nil && spec.Name.Name == ".":
		return rewritten{kept: "it imports sync with a dot"}, nil
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	changes, others := swaps(f, spec, offset)
	if len(changes) == 0 {
		return rewritten{}, nil
	}
	locks := len(changes)
	changes = append(changes, change{offset(f.Name.End()), offset(f.Name.End()), "; import " + alias + " " + strconv.Quote(library)})
	if others == 0 {
		changes = append(changes, blank(spec, offset))
	}
	return rewritten{text: apply(text, changes), locks: locks}, nil
}

// importOfSync returns the import of package sync, or nil.
func importOfSync(f *ast.File) *ast.ImportSpec {
	for _, spec := range f.Imports {
		if spec.Path.Value == `"sync"` || spec.Path.Value == "`sync`" {
			return spec
		}
	}
	return nil
}

// swaps returns the changes of all mentions of locks, and how many other mentions of the package there are.
func swaps(f *ast.File, spec *ast.ImportSpec, offset func(token.Pos) int) (changes []change, others int) {
	name := "sync"
	if spec.Name != nil {
		name = spec.Name.Name
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if !ok || x.Name != name || x.Obj != nil { // Obj is set if the name means something in this file that is no import
			return true
		}
		if s.Sel.Name == "Mutex" || s.Sel.Name == "RWMutex" {
			changes = append(changes, change{offset(x.Pos()), offset(x.End()), alias})
		} else {
			others++
		}
		return true
	})
	return changes, others
}

// blank is the change by which an import that nobody needs any more is no error.
func blank(spec *ast.ImportSpec, offset func(token.Pos) int) change {
	if spec.Name == nil {
		return change{offset(spec.Path.Pos()), offset(spec.Path.Pos()), " _ "} // there may be no blank before it
	}
	return change{offset(spec.Name.Pos()), offset(spec.Name.End()), "_"}
}

// apply makes changes that do not overlap.
func apply(text string, changes []change) string {
	slices.SortFunc(changes, func(a, b change) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, c := range changes {
		b.WriteString(text[at:c.from])
		b.WriteString(c.text)
		at = c.to
	}
	b.WriteString(text[at:])
	return b.String()
}
