package diagnose

import (
	"go/ast"
	"go/token"
	"slices"
)

// A deed is what an operation does for those who wait.
type deed int

const (
	sends    deed = 1 << iota // to a channel
	receives                  // from one
	closes                    // one
	finishes                  // a part of what a wait group counts
	signals                   // a condition
)

// helps says which deeds end a wait of a kind.
func helps(k kind) deed {
	switch k {
	case onSend:
		return receives
	case onReceive:
		return sends | closes
	case onGroup:
		return finishes
	case onCond:
		return signals
	}
	return 0
}

// An operation is a place in the source that ends the wait of others.
type operation struct {
	does     deed
	on       *operand
	line     int
	from, to int  // of the outermost loop around it, or 0
	deferred bool // it comes when the function ends
	spawned  bool // another goroutine will do it
}

// future reports whether a goroutine that is at a line of the function can still come to an operation.
func (o *operation) future(line int) bool {
	return o.deferred || o.line > line || o.from <= line && line <= o.to
}

// mostDepth is how many calls within a file are followed.
const mostDepth = 3

// operations lists what a function, and those of its file that it calls, does for others.
func (fn *function) operations(depth int) []operation {
	key := fn.name + itoa(fn.from) + " " + itoa(depth)
	if known, ok := fn.file.doing[key]; ok {
		return known
	}
	fn.file.doing[key] = nil // while it is being looked at: recursion adds nothing
	c := &collector{fn: fn, depth: depth}
	c.walk(fn.body, operation{})
	fn.file.doing[key] = c.all
	return c.all
}

// A collector finds the operations of a function.
type collector struct {
	fn    *function
	depth int
	all   []operation
}

// walk visits a part of the function. What is known of all operations in it is in as.
func (c *collector) walk(part ast.Node, as operation) {
	ast.Inspect(part, func(n ast.Node) bool {
		if n == part {
			return true
		}
		switch n := n.(type) {
		case *ast.ForStmt:
			c.walkAll(as.within(c.fn.file, n), n.Init, n.Cond, n.Post, n.Body)
			return false
		case *ast.RangeStmt:
			c.add(as.within(c.fn.file, n), receives, n.X, n.Pos())
			c.walkAll(as.within(c.fn.file, n), n.X, n.Body)
			return false
		case *ast.GoStmt:
			as := as
			as.spawned = true
			c.call(as, n.Call)
			return false
		case *ast.DeferStmt:
			as := as
			as.deferred = true
			c.call(as, n.Call)
			return false
		case *ast.SendStmt:
			c.add(as, sends, n.Chan, n.Pos())
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				c.add(as, receives, n.X, n.Pos())
			}
		case *ast.CallExpr:
			c.call(as, n)
			return false
		}
		return true
	})
}

// within returns an operation's surroundings inside of a loop.
func (o operation) within(f *file, loop ast.Node) operation {
	if o.from == 0 {
		o.from, o.to = f.line(loop.Pos()), f.line(loop.End())
	}
	return o
}

func (c *collector) walkAll(as operation, parts ...ast.Node) {
	for _, p := range parts {
		switch p := p.(type) {
		case ast.Stmt:
			if p != nil && !isNil(p) {
				c.walk(&ast.BlockStmt{List: []ast.Stmt{p}}, as)
			}
		case ast.Expr:
			if p != nil && !isNil(p) {
				c.walk(&ast.ParenExpr{X: p}, as)
			}
		}
	}
}

// isNil reports whether an interface holds a nil block.
func isNil(n ast.Node) bool {
	b, ok := n.(*ast.BlockStmt)
	return ok && b == nil
}

// call notes what a call does, and follows it within the file.
func (c *collector) call(as operation, call *ast.CallExpr) {
	name := calledName(call)
	var on ast.Expr
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		on = sel.X
	}
	inner := as
	switch {
	case name == "close" && on == nil && len(call.Args) == 1:
		c.add(as, closes, call.Args[0], call.Pos())
	case name == "Done" && on != nil && len(call.Args) == 0:
		c.add(as, finishes, on, call.Pos())
	case (name == "Signal" || name == "Broadcast") && on != nil:
		c.add(as, signals, on, call.Pos())
	case name == "Go" && on != nil:
		inner.spawned = true
		c.add(inner, finishes, on, call.Pos())
	}
	c.walkAll(inner, call.Fun)
	for _, a := range call.Args {
		c.walkAll(inner, a)
	}
	c.follow(as, name, call)
}

// follow adds what a function of this file does, as if it stood at the call.
func (c *collector) follow(as operation, name string, call *ast.CallExpr) {
	if c.depth == 0 || name == "" {
		return
	}
	for _, fn := range c.fn.file.funcs {
		if fn.outer != nil || fn.name != name {
			continue
		}
		for _, o := range fn.operations(c.depth - 1) {
			o.line, o.from, o.to = c.fn.file.line(call.Pos()), as.from, as.to
			o.spawned, o.deferred = o.spawned || as.spawned, as.deferred
			if o.on.word >= 0 {
				on := *o.on
				on.word, on.deep = -1, true // it is an argument of another frame
				o.on = &on
			}
			c.all = append(c.all, o)
		}
	}
}

// add notes one operation.
func (c *collector) add(as operation, does deed, on ast.Expr, at token.Pos) {
	as.does, as.on, as.line = does, c.fn.operandOf(on), c.fn.file.line(at)
	c.all = append(c.all, as)
}

// A wish is one thing that a goroutine waits for, as the source writes it.
type wish struct {
	on   *operand
	kind kind
}

// wanted returns what a goroutine that is at a line waits for, or nil.
func (fn *function) wanted(k kind, line int) *operand {
	var found *operand
	fn.visit(line, func(n ast.Node) {
		if x := wantedBy(n, k); x != nil && found == nil {
			found = fn.operandOf(x)
		}
	})
	return found
}

// visit calls a function for each node that begins on a line, or has its last name there, without those of inner functions.
func (fn *function) visit(line int, f func(ast.Node)) {
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if _, ok := n.(*ast.FuncLit); ok || !fn.file.spans(n, line) {
			return false
		}
		at := fn.file.line(n.Pos())
		if c, ok := n.(*ast.CallExpr); ok {
			at = fn.file.line(c.Lparen)
		}
		if at == line {
			f(n)
		}
		return true
	})
}

// wantedBy returns the expression of what a node waits for, if it waits in this way.
func wantedBy(n ast.Node, k kind) ast.Expr {
	method := map[kind]string{onMutex: "Lock", onWriter: "Lock", onReaders: "Lock", toRead: "RLock", onOnce: "Do", onGroup: "Wait", onCond: "Wait"}[k]
	switch n := n.(type) {
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && method != "" && sel.Sel.Name == method {
			return sel.X
		}
	case *ast.SendStmt:
		if k == onSend || k == onNil {
			return n.Chan
		}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW && (k == onReceive || k == onNil) {
			return n.X
		}
	case *ast.RangeStmt:
		if k == onReceive || k == onNil {
			return n.X
		}
	}
	return nil
}

// timed reports whether what a goroutine waits for may come by itself: from a timer, a deadline or a signal. What the source does not tell may.
func timed(k kind, wants *operand, wishes []wish) bool {
	switch k {
	case onReceive:
		return wants == nil || wants.timed()
	case onSelect:
		return len(wishes) == 0 || slices.ContainsFunc(wishes, func(w wish) bool { return w.kind == onReceive && w.on.timed() })
	}
	return false
}

// timed reports whether something may come through a channel by itself, as far as its name and type tell.
func (o *operand) timed() bool {
	return o.field == "C" || o.elem == "" || o.elem == "os.Signal" || o.elem == "time.Time"
}

// choices lists the cases of a select at a line, if a goroutine waits in one.
func (fn *function) choices(k kind, line int) []wish {
	var all []wish
	if k != onSelect {
		return nil
	}
	fn.visit(line, func(n ast.Node) {
		s, ok := n.(*ast.SelectStmt)
		if !ok || len(all) > 0 {
			return
		}
		for _, c := range s.Body.List {
			if comm := c.(*ast.CommClause).Comm; comm != nil {
				ast.Inspect(comm, func(n ast.Node) bool {
					if x := wantedBy(n, onSend); x != nil {
						all = append(all, wish{fn.operandOf(x), onSend})
					} else if x := wantedBy(n, onReceive); x != nil {
						all = append(all, wish{fn.operandOf(x), onReceive})
					}
					return true
				})
			}
		}
	})
	return all
}
