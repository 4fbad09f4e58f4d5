package diagnose

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A confined is a channel or wait group that a function makes for itself, and that by the source nobody can touch but this function and the
// literals in it: it is not passed on, stored, sent, returned or copied.
type confined struct {
	name    string
	obj     types.Object
	names   map[types.Object]bool // the variable, and parameters that are the same
	spelled map[string]bool       // how those are written
	value   bool                  // it is a wait group itself, and no pointer or channel
	maker   *function
	acts    []act                     // what is done with it
	calls   []callTo                  // literals of maker that are called, or started
	loops   []loop                    // those behind the declaration
	jumps   map[*function]bool        // functions with a goto
	started map[*function][]*function // in which functions a literal is started as a goroutine
	loose   []*function               // literals that others than maker and its literals may call, at any time
}

// An act is a place where something is done with a confined variable.
type act struct {
	does     deed
	fn       *function // the innermost one that it stands in
	line     int
	deferred bool
}

// A callTo is a place where a function calls a literal, or starts it, or will.
type callTo struct {
	fn, to   *function
	line     int
	deferred bool
}

// A loop is a range of lines of a function that it can come back to.
type loop struct {
	fn       *function
	from, to int
}

// names returns which declaration each name of a file stands for. Imports and other files are unknown to it: names of theirs have none.
func (f *file) names() *types.Info {
	if f.info == nil {
		f.info = &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
		c := types.Config{Importer: nothing{}, Error: func(error) {}, DisableUnusedImportCheck: true}
		_, _ = c.Check(f.ast.Name.Name, f.fset, []*ast.File{f.ast}, f.info) // it always fails: only the names matter
	}
	return f.info
}

// nothing imports nothing.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errNoSource }

// object returns what a name stands for, or nil.
func (f *file) object(id *ast.Ident) types.Object {
	info := f.names()
	if o := info.Uses[id]; o != nil {
		return o
	}
	return info.Defs[id]
}

// confined returns what a name stands for if it is a channel or wait group that its function keeps for itself, or nil.
func (f *file) confined(id *ast.Ident) *confined {
	obj := f.object(id)
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	if c, ok := f.kept[obj]; ok {
		return c
	}
	f.kept[obj] = nil // while it is being looked at
	c := &confined{name: id.Name, obj: obj, jumps: map[*function]bool{}, started: map[*function][]*function{},
		names: map[types.Object]bool{obj: true}, spelled: map[string]bool{id.Name: true}}
	if from := f.origin(obj); from != nil {
		c = f.confined(from)
		if c != nil && !c.names[obj] {
			c = nil
		}
	} else if c.maker = f.innermost(obj.Pos()); c.maker == nil || !c.study() {
		c = nil
	}
	f.kept[obj] = c
	return c
}

// innermost returns the innermost function in whose body a place is, or nil.
func (f *file) innermost(at token.Pos) *function {
	var best *function
	for _, fn := range f.funcs {
		if fn.body.Pos() < at && at < fn.body.End() {
			best = fn
		}
	}
	return best
}

// study looks at every use of the variable and every literal of its function. It reports false if the variable gets out, or its making is not seen.
func (c *confined) study() bool {
	made, ok := false, true
	c.value = c.isValue()
	c.alias()
	var path []ast.Node
	ast.Inspect(c.maker.body, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		switch n := n.(type) {
		case *ast.Ident:
			switch obj := c.maker.file.object(n); {
			case !c.spelled[n.Name] || obj != nil && !c.names[obj]:
			case obj == nil:
				ok = ok && isField(n, path)
			case obj.Pos() == n.Pos():
				made = made || obj == c.obj && c.made(n, path)
			default:
				ok = ok && c.use(n, path)
			}
		case *ast.FuncLit:
			c.literal(n, path)
		case *ast.ForStmt, *ast.RangeStmt:
			c.loop(n)
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				c.jumps[c.fn(n)] = true
			}
		}
		return true
	})
	return made && ok
}

// fn returns the innermost function that a node stands in.
func (c *confined) fn(n ast.Node) *function { return c.maker.file.innermost(n.Pos()) }

func (c *confined) line(n ast.Node) int { return c.maker.file.line(n.Pos()) }

// parent returns the node that is so many steps above the last of a path, or nil.
func parent(path []ast.Node, up int) ast.Node {
	if len(path) <= up {
		return nil
	}
	return path[len(path)-1-up]
}

// isField reports whether a name is that of a field or method: it stands behind a dot.
func isField(id *ast.Ident, path []ast.Node) bool {
	s, ok := parent(path, 1).(*ast.SelectorExpr)
	return ok && s.Sel == id
}

// made reports whether a declaration makes a channel or a wait group in place.
func (c *confined) made(id *ast.Ident, path []ast.Node) bool {
	switch n := parent(path, 1).(type) {
	case *ast.AssignStmt:
		i := slices.Index(n.Lhs, ast.Expr(id))
		return i >= 0 && len(n.Lhs) == len(n.Rhs) && makes(n.Rhs[i])
	case *ast.ValueSpec:
		i := slices.Index(n.Names, id)
		if len(n.Values) == 0 {
			return typeName(n.Type) == "sync.WaitGroup" && !isPointer(n.Type)
		}
		return i < len(n.Values) && makes(n.Values[i])
	}
	return false
}

// isValue reports whether the variable is declared as a wait group itself: var wg sync.WaitGroup, wg := sync.WaitGroup{}.
func (c *confined) isValue() (value bool) {
	ast.Inspect(c.maker.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if l.Pos() == c.obj.Pos() && i < len(n.Rhs) {
					_, value = n.Rhs[i].(*ast.CompositeLit)
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Pos() == c.obj.Pos() {
					value = len(n.Values) == 0
					if i < len(n.Values) {
						_, value = n.Values[i].(*ast.CompositeLit)
					}
				}
			}
		}
		return true
	})
	return value
}

func isPointer(t ast.Expr) bool {
	_, ok := t.(*ast.StarExpr)
	return ok
}

// makes reports whether an expression makes a channel or a wait group: make(chan T), sync.WaitGroup{}, &sync.WaitGroup{}, new(sync.WaitGroup).
func makes(x ast.Expr) bool {
	t := typeOf(x)
	_, isChan := t.(*ast.ChanType)
	return isChan || typeName(t) == "sync.WaitGroup" && !isPointer(t)
}

// loop notes a loop, if it is behind the declaration: who comes back to the declaration itself makes a new variable.
func (c *confined) loop(n ast.Node) {
	if n.Pos() > c.obj.Pos() {
		c.loops = append(c.loops, loop{c.fn(n), c.line(n), c.maker.file.line(n.End())})
	}
}

// use notes one use. It reports false for uses by which the variable gets out.
func (c *confined) use(id *ast.Ident, path []ast.Node) bool {
	switch n := parent(path, 1).(type) {
	case *ast.SendStmt:
		return n.Chan == id && c.act(sends, n, path)
	case *ast.UnaryExpr:
		if call, is := parent(path, 2).(*ast.CallExpr); is && n.Op == token.AND {
			return c.handedOn(call, n)
		}
		return n.Op == token.ARROW && c.act(receives, n, path)
	case *ast.RangeStmt:
		return n.X == id && c.act(receives, n, path)
	case *ast.CallExpr:
		switch f := calledName(n); {
		case c.handedOn(n, id):
			return true
		case !c.builtin(n.Fun):
			return false
		case f == "close":
			return c.act(closes, n, path[:len(path)-1])
		default:
			return f == "len" || f == "cap"
		}
	case *ast.SelectorExpr:
		call, ok := parent(path, 2).(*ast.CallExpr)
		return ok && call.Fun == n && c.method(n.Sel.Name, call, path[:len(path)-2])
	}
	return false
}

// handedOn reports whether an argument of a call is the variable for a parameter that is followed.
func (c *confined) handedOn(call *ast.CallExpr, x ast.Expr) bool {
	i := slices.Index(call.Args, x)
	if i < 0 || c.argument(x) == nil {
		return false
	}
	p := parameterOf(call, i)
	return p != nil && (p.Name == "_" || c.names[c.maker.file.object(p)])
}

// builtin reports whether a call is of a function of the language, which nothing in the file hides.
func (c *confined) builtin(f ast.Expr) bool {
	id, ok := f.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = c.maker.file.object(id).(*types.Builtin)
	return ok
}

// method notes a call of a method of a wait group.
func (c *confined) method(name string, call *ast.CallExpr, path []ast.Node) bool {
	switch name {
	case "Wait":
		return true
	case "Done":
		return c.act(finishes, call, path)
	case "Add":
		return len(call.Args) == 1 && (grows(call.Args[0]) || c.act(finishes, call, path))
	case "Go":
		to := c.target(call)
		if to != nil {
			c.acts = append(c.acts, act{finishes, to, to.to, true})
		}
		return to != nil
	}
	return false
}

// grows reports whether an argument of Add is surely not negative.
func grows(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return true
	case *ast.CallExpr:
		id, ok := x.Fun.(*ast.Ident)
		return ok && id.Name == "len"
	}
	return false
}

// act notes what is done with the variable. Path ends with the node or below it.
func (c *confined) act(does deed, n ast.Node, path []ast.Node) bool {
	c.acts = append(c.acts, act{does, c.fn(n), c.line(n), deferred(n, path)})
	return true
}

// deferred reports whether a call is that of a defer statement.
func deferred(n ast.Node, path []ast.Node) bool {
	i := slices.Index(path, n)
	if i < 1 {
		return false
	}
	d, ok := path[i-1].(*ast.DeferStmt)
	return ok && ast.Node(d.Call) == n
}

// target returns the literal that a call of a method Go starts, or nil if that is not seen.
func (c *confined) target(call *ast.CallExpr) *function {
	if len(call.Args) != 1 {
		return nil
	}
	switch x := call.Args[0].(type) {
	case *ast.FuncLit:
		return c.functionAt(x)
	case *ast.Ident:
		return c.closure(x)
	}
	return nil
}

// functionAt returns a literal of the file.
func (c *confined) functionAt(n ast.Node) *function {
	i := slices.IndexFunc(c.maker.file.funcs, func(fn *function) bool { return fn.node == n })
	if i < 0 {
		return nil
	}
	return c.maker.file.funcs[i]
}

// closure returns the literal in maker that a name was declared with, or nil.
func (c *confined) closure(id *ast.Ident) (to *function) {
	obj := c.maker.file.object(id)
	if obj == nil {
		return nil
	}
	ast.Inspect(c.maker.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 && len(a.Rhs) == 1 && a.Lhs[0].Pos() == obj.Pos() {
			if lit, ok := a.Rhs[0].(*ast.FuncLit); ok {
				to = c.functionAt(lit)
			}
		}
		return to == nil
	})
	return to
}

// literal notes who calls a literal: its function in place, its function by a name, or somebody else.
func (c *confined) literal(lit *ast.FuncLit, path []ast.Node) {
	to := c.functionAt(lit)
	switch n := parent(path, 1).(type) {
	case *ast.CallExpr:
		if c.call(n, to, lit, path[:len(path)-1]) {
			return
		}
	case *ast.AssignStmt:
		if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Lhs) == 1 && n.Tok == token.DEFINE && c.named(id, to) {
			return
		}
	}
	c.loose = append(c.loose, to)
}

// named notes the calls of a literal by its name. It reports false if the name is used for anything else.
func (c *confined) named(name *ast.Ident, to *function) bool {
	obj, ok := c.maker.file.object(name), true
	var path []ast.Node
	ast.Inspect(c.maker.body, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		if id, is := n.(*ast.Ident); is && id != name && id.Name == name.Name {
			if at := c.maker.file.object(id); at == obj {
				call, called := parent(path, 1).(*ast.CallExpr)
				ok = ok && called && c.call(call, to, id, path[:len(path)-1])
			} else if at == nil {
				ok = ok && isField(id, path)
			}
		}
		return true
	})
	return ok && obj != nil
}

// call notes a call of a literal, written as it is or by its name. It reports false if the literal is an argument of a call that may do anything with it.
func (c *confined) call(call *ast.CallExpr, to *function, x ast.Expr, path []ast.Node) bool {
	above := parent(path, 1)
	at := callTo{fn: c.fn(call), to: to, line: c.line(call)}
	switch {
	case call.Fun == x:
		_, at.deferred = above.(*ast.DeferStmt)
		if _, is := above.(*ast.GoStmt); is {
			c.started[to] = append(c.started[to], at.fn)
		}
	case starts(call, at.fn):
		c.started[to] = append(c.started[to], at.fn)
	default:
		return false
	}
	c.calls = append(c.calls, at)
	return true
}

// starts reports whether a call is of the method Go of a wait group, or of a group of errors: it starts its argument at once, as a goroutine.
func starts(call *ast.CallExpr, fn *function) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Go" || len(call.Args) != 1 {
		return false
	}
	on := fn.operandOf(sel.X)
	class := on.class
	if on.field != "" {
		return false
	}
	return class == "sync.WaitGroup" || class == "errgroup.Group"
}
