package control

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A source is a parsed file of std.
type source struct {
	name string // below src
	text string
	fset *token.FileSet
	file *ast.File
}

// parseSource parses a file of std.
func parseSource(name, text string) (*source, error) {
	s := &source{name: name, text: text, fset: token.NewFileSet()}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return s, err
}

// span is a piece of a source, in bytes.
type span struct{ from, to int }

// find returns the span of a declaration, its doc comment included.
func (s *source) find(target string) (span, error) {
	kind, name, _ := strings.Cut(target, " ")
	if kind == "top" {
		return span{0, s.endOfImports()}, nil
	}
	var found []span
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if kind == "func" && funcName(d) == name {
				found = append(found, s.span(d, d.Doc))
			}
		case *ast.GenDecl:
			if kind == "decl" && declares(d, name) {
				found = append(found, s.span(d, d.Doc))
			}
		}
	}
	if len(found) != 1 {
		return span{}, fmt.Errorf("%s has %d declarations %q, and there must be one", s.name, len(found), target)
	}
	return found[0], nil
}

// span returns where a node is, with its doc comment.
func (s *source) span(n ast.Node, doc *ast.CommentGroup) span {
	from := n.Pos()
	if doc != nil {
		from = doc.Pos()
	}
	return span{s.offset(from), s.offset(n.End())}
}

// offset returns a position in bytes, whatever //line comments say.
func (s *source) offset(p token.Pos) int { return s.fset.PositionFor(p, false).Offset }

// endOfImports returns where the imports end, or the package clause if there are none.
func (s *source) endOfImports() int {
	end := s.file.Name.End()
	for _, d := range s.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			end = g.End()
		}
	}
	return s.offset(end)
}

// funcName returns the name of a function as edits write it: "runqget", "(*Mutex).Lock", "(Time).Add".
func funcName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	t, star := f.Recv.List[0].Type, ""
	if p, ok := t.(*ast.StarExpr); ok {
		t, star = p.X, "*"
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	name, _ := t.(*ast.Ident)
	if name == nil {
		return ""
	}
	return "(" + star + name.Name + ")." + f.Name.Name
}

// declares reports whether a declaration declares a name.
func declares(d *ast.GenDecl, name string) bool {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.Name == name {
				return true
			}
		case *ast.ValueSpec:
			if slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				return true
			}
		}
	}
	return false
}

// A change puts a text in the place of a span.
type change struct {
	span
	text string
	edit edit
}

// apply returns the source with edits. All anchors are looked for in the original text. Every edit that fails is an element of problems. What follows an edit
// keeps its line numbers, as those of a file called name: a stack trace leads to the same place in the std that people have.
func (s *source) apply(edits []edit, name string) (text string, problems []string) {
	var changes []change
	for _, e := range edits {
		c, err := s.change(e)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		changes = append(changes, c)
	}
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	w := rewriter{source: s, name: name}
	for _, c := range changes {
		if c.from < w.done {
			problems = append(problems, c.edit.complaint("overlaps another edit", ""))
			continue
		}
		w.change(c)
	}
	w.copy(len(s.text))
	return w.out.String(), problems
}

// A rewriter writes a source with its changes, from the first to the last.
type rewriter struct {
	source *source
	name   string
	out    strings.Builder
	done   int  // how much of the original text is written or left out
	moved  bool // what follows stands in other lines than it did
}

// change writes the text up to a change, and the change.
func (w *rewriter) change(c change) {
	w.copy(c.from)
	w.out.WriteString(c.text)
	if strings.Count(c.text, "\n") != strings.Count(w.source.text[c.from:c.to], "\n") {
		w.moved = true
	}
	w.done = c.to
}

// copy writes the original text up to an offset. The first line that begins in it is told its number, if it has moved.
func (w *rewriter) copy(to int) {
	text := w.source.text[w.done:to]
	if i := strings.IndexByte(text, '\n'); w.moved && i >= 0 {
		line := strings.Count(w.source.text[:w.done+i+1], "\n") + 1
		fmt.Fprintf(&w.out, "%s//line %s:%d\n", text[:i+1], w.name, line)
		text, w.moved = text[i+1:], false
	}
	w.out.WriteString(text)
	w.done = to
}

// change finds the place of an edit.
func (s *source) change(e edit) (change, error) {
	where, err := s.find(e.target)
	if err != nil {
		return change{}, fmt.Errorf("%s: %w", e.where, err)
	}
	inside := s.text[where.from:where.to]
	if n := strings.Count(inside, e.anchor); n != 1 {
		return change{}, fmt.Errorf("%s", e.complaint(fmt.Sprintf("the anchor stands %d times", n), e.anchor))
	}
	from := where.from + strings.Index(inside, e.anchor)
	to := from + len(e.anchor)
	switch e.action {
	case "after":
		return change{span{to, to}, "\n" + e.text, e}, nil
	case "before":
		return change{span{from, from}, e.text + "\n", e}, nil
	}
	return change{span{from, to}, e.text, e}, nil
}

// complaint is one line about an edit that cannot be applied.
func (e edit) complaint(what, looked string) string {
	line := fmt.Sprintf("%s: %s, %s: %s", e.where, e.file, e.target, what)
	if looked != "" {
		line += fmt.Sprintf(", looked for %q", looked)
	}
	return line
}
