package diagnose

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// Limits on the sources that are read.
const (
	mostFiles   = 1000
	largestFile = 2 << 20
)

// sources reads and parses the files that a dump names, each once.
type sources struct {
	read  func(file string) ([]byte, error)
	files map[string]*file
}

func newSources(read func(string) ([]byte, error)) *sources {
	return &sources{read: read, files: map[string]*file{}}
}

// A file is a parsed source file.
type file struct {
	fset   *token.FileSet
	ast    *ast.File
	funcs  []*function // outer ones first
	types  map[string]*ast.StructType
	timers bool // it starts timers, cleanups or the like, whose functions no dump shows

	doing map[string][]operation // what its functions do, by name; see actions

	info *types.Info                // what its names stand for; see names
	kept map[types.Object]*confined // what its functions keep for themselves, as far as it was asked for; nil if they do not

	standing map[standing]*function // see exactly
}

// A function is a declared function or a literal.
type function struct {
	file     *file
	name     string // of the declaration that it is, or is in
	node     ast.Node
	recv     *ast.FieldList
	typ      *ast.FuncType
	body     *ast.BlockStmt
	outer    *function // nil for a declaration
	from, to int       // lines
}

var errNoSource = errors.New("no source")

// file returns a file by its path, or nil if there is none that can be parsed.
func (s *sources) file(path string) *file {
	if f, ok := s.files[path]; ok || s.read == nil || path == "" || len(s.files) >= mostFiles {
		return f
	}
	text, err := s.read(path)
	if err == nil && (len(text) == 0 || len(text) > largestFile) {
		err = errNoSource
	}
	var f *file
	if err == nil {
		f = parseFile(path, text)
	}
	s.files[path] = f
	return f
}

// parseFile parses a file and lists its functions and structs. It returns nil if the text is no Go.
func parseFile(path string, text []byte) *file {
	f := &file{fset: token.NewFileSet(), types: map[string]*ast.StructType{}, doing: map[string][]operation{}, kept: map[types.Object]*confined{},
		standing: map[standing]*function{}}
	var err error
	if f.ast, err = parser.ParseFile(f.fset, path, text, parser.SkipObjectResolution); err != nil {
		return nil
	}
	var open []*function
	var depth []ast.Node
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if n == nil {
			last := depth[len(depth)-1]
			depth = depth[:len(depth)-1]
			if len(open) > 0 && open[len(open)-1].node == last {
				open = open[:len(open)-1]
			}
			return true
		}
		depth = append(depth, n)
		var outer *function
		if len(open) > 0 {
			outer = open[len(open)-1]
		}
		if fn := f.function(n, outer); fn != nil {
			open, f.funcs = append(open, fn), append(f.funcs, fn)
		}
		f.note(n)
		return true
	})
	return f
}

// note remembers structs, and calls that start what no dump shows.
func (f *file) note(n ast.Node) {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if t, ok := n.Type.(*ast.StructType); ok {
			f.types[n.Name.Name] = t
		}
	case *ast.SelectorExpr:
		switch n.Sel.Name {
		case "AfterFunc", "SetFinalizer", "AddCleanup":
			f.timers = true
		}
	}
}

// function returns the function that a node is, or nil.
func (f *file) function(n ast.Node, outer *function) *function {
	fn := &function{file: f, node: n, outer: outer}
	switch n := n.(type) {
	case *ast.FuncDecl:
		fn.name, fn.recv, fn.typ, fn.body = n.Name.Name, n.Recv, n.Type, n.Body
	case *ast.FuncLit:
		fn.typ, fn.body = n.Type, n.Body
		if outer != nil {
			fn.name = outer.name
		}
	default:
		return nil
	}
	if fn.body == nil {
		return nil
	}
	fn.from, fn.to = f.line(n.Pos()), f.line(n.End())
	return fn
}

func (f *file) line(p token.Pos) int { return f.fset.Position(p).Line }

// spans reports whether a node covers a line.
func (f *file) spans(n ast.Node, line int) bool {
	return f.line(n.Pos()) <= line && line <= f.line(n.End())
}

// literal matches the end of the name of a function literal.
var literal = regexp.MustCompile(`\.(func\d+|\d+)(-range\d+)?$`)

// functionOf returns the function in the source in which a frame is, or nil.
func (s *sources) functionOf(fr *dump.Frame) *function {
	f := s.file(fr.File)
	if f == nil {
		return nil
	}
	var best *function
	lit := literal.MatchString(fr.Func)
	for _, fn := range f.funcs {
		if fn.from > fr.Line || fr.Line > fn.to {
			continue
		}
		_, isLit := fn.node.(*ast.FuncLit)
		if best == nil || isLit == lit || !lit && fn.from < fr.Line && fr.Line < fn.to {
			best = fn
		}
	}
	if best == nil || !best.agrees(fr) {
		return nil
	}
	return best
}

// agrees reports whether the declaration has the name that the frame has: the source may be another version.
func (fn *function) agrees(fr *dump.Frame) bool {
	return fn.name == "" || strings.Contains(fr.Func, fn.name)
}

// study finds out what the source says about a stack: what its frames hold, what it waits for, whether a timer may wake it.
func (s *sources) study(p *spot) {
	p.sourced = true
	for n, i := range p.users {
		fr := &p.stack.Frames[i]
		fn := s.functionOf(fr)
		if fn == nil {
			p.sourced = false
			continue
		}
		if fn.file.timers {
			p.timed = true
		}
		callee := ""
		if i > 0 {
			callee = called(p.stack.Frames[:i])
		}
		if n == 0 {
			p.wants = fn.wanted(p.kind, fr.Line)
			p.wishes = fn.choices(p.kind, fr.Line)
			p.timed = p.timed || timed(p.kind, p.wants, p.wishes)
		}
		for _, h := range fn.held(fr.Line, callee) {
			h.frame, h.fn = i, fn
			p.held = append(p.held, h)
		}
	}
	if p.kind == onCond {
		p.held = released(p.held)
	}
}

// called returns the name of the function that the innermost of these frames but those of wrappers were called by: the last one in front.
func called(inner []dump.Frame) string {
	f := cutTypes(inner[len(inner)-1].Func)
	f = literal.ReplaceAllString(f, "")
	return f[strings.LastIndexByte(f, '.')+1:]
}

// released returns what is still held in a Wait of a Cond, which gives its lock back: that is the one locked last.
func released(held []hold) []hold {
	if len(held) == 0 {
		return nil
	}
	inner := held[0].frame
	last := 0
	for i, h := range held {
		if h.frame == inner {
			last = i
		}
	}
	return append(held[:last:last], held[last+1:]...)
}
