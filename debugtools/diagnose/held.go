package diagnose

import (
	"go/ast"
	"go/token"
)

// A hold is a lock that a frame has locked, by what its source says.
type hold struct {
	*operand
	read  bool
	line  int // where it was locked
	frame int
	fn    *function
}

// held returns the locks that a function holds while it is at a line, in a call of callee if that is known: locked in front of it on the
// way there, and not unlocked. Deferred unlocks come later. It follows blocks, not values: a lock that only some ways lock is left out.
func (fn *function) held(line int, callee string) []hold {
	h := &holder{fn: fn, line: line, callee: callee}
	h.block(fn.body.List)
	return h.held
}

// A holder walks through a function up to a line.
type holder struct {
	fn     *function
	line   int
	callee string
	held   []hold
	done   bool
}

// block walks through statements until the line is reached.
func (h *holder) block(list []ast.Stmt) {
	f := h.fn.file
	here := 0
	for _, s := range list {
		if f.spans(s, h.line) {
			here++
		}
	}
	for _, s := range list {
		switch {
		case f.line(s.Pos()) > h.line:
			h.done = true
			return
		case f.spans(s, h.line) && (here == 1 || h.calls(s)):
			h.into(s)
			h.done = true
			return
		case f.spans(s, h.line):
			here--
		}
		h.after(s)
	}
}

// calls reports whether a statement calls what the frame is in, where several stand on the line.
func (h *holder) calls(s ast.Stmt) bool {
	found := h.callee == ""
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && calledName(c) == h.callee {
			found = true
		}
		return !found
	})
	return found
}

// into walks into the statement that has the line.
func (h *holder) into(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		h.block(s.List)
	case *ast.LabeledStmt:
		h.into(s.Stmt)
	case *ast.IfStmt:
		h.intoIf(s)
	case *ast.ForStmt:
		h.body(s.Body)
	case *ast.RangeStmt:
		h.body(s.Body)
	case *ast.SwitchStmt:
		h.clauses(s.Body)
	case *ast.TypeSwitchStmt:
		h.clauses(s.Body)
	case *ast.SelectStmt:
		h.clauses(s.Body)
	}
}

// body walks into a block if the line is in it.
func (h *holder) body(b *ast.BlockStmt) {
	if b != nil && h.fn.file.spans(b, h.line) && h.fn.file.line(b.Lbrace) < h.line {
		h.block(b.List)
	}
}

func (h *holder) intoIf(s *ast.IfStmt) {
	if x := try(s.Cond); x != nil && h.fn.file.spans(s.Body, h.line) && h.fn.file.line(s.Body.Lbrace) < h.line {
		h.lock(x)
	}
	if s.Else != nil && h.fn.file.spans(s.Else, h.line) {
		h.into(s.Else)
		return
	}
	h.body(s.Body)
}

// clauses walks into the clause that has the line.
func (h *holder) clauses(b *ast.BlockStmt) {
	for _, c := range b.List {
		if !h.fn.file.spans(c, h.line) || h.done {
			continue
		}
		switch c := c.(type) {
		case *ast.CaseClause:
			h.block(c.Body)
		case *ast.CommClause:
			if len(c.Body) > 0 && h.fn.file.line(c.Body[0].Pos()) <= h.line {
				h.block(c.Body)
			}
		}
	}
}

// after notes what a statement that is done has locked and unlocked.
func (h *holder) after(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok {
			h.call(c)
		}
	case *ast.LabeledStmt:
		h.after(s.Stmt)
	case *ast.BlockStmt:
		for _, inner := range s.List {
			h.after(inner)
		}
	case *ast.IfStmt:
		if u, ok := s.Cond.(*ast.UnaryExpr); ok && u.Op == token.NOT && leavesBlock(s.Body) {
			if x := try(u.X); x != nil {
				h.lock(x)
			}
		}
		h.drop(s.Body)
		if s.Else != nil {
			h.drop(s.Else)
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		h.drop(s)
	}
}

// drop drops what a way that goes on may have unlocked.
func (h *holder) drop(n ast.Node) {
	if b, ok := n.(*ast.BlockStmt); ok && leavesBlock(b) {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.BlockStmt:
			return !leavesBlock(n)
		case *ast.CallExpr:
			if name := calledName(n); name == "Unlock" || name == "RUnlock" {
				h.call(n)
			}
		}
		return true
	})
}

// leavesBlock reports whether a block ends by leaving: what it does then concerns nobody behind it.
func leavesBlock(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		c, ok := s.X.(*ast.CallExpr)
		return ok && calledName(c) == "panic"
	}
	return false
}

// call notes a call of Lock, RLock, Unlock or RUnlock.
func (h *holder) call(c *ast.CallExpr) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) > 0 {
		return
	}
	switch sel.Sel.Name {
	case "Lock", "RLock":
		h.lock(sel)
	case "Unlock", "RUnlock":
		o := h.fn.operandOf(sel.X)
		for i := len(h.held) - 1; i >= 0; i-- {
			if h.held[i].text == o.text {
				h.held = append(h.held[:i:i], h.held[i+1:]...)
				return
			}
		}
	}
}

// lock notes a lock.
func (h *holder) lock(sel *ast.SelectorExpr) {
	name := sel.Sel.Name
	h.held = append(h.held, hold{operand: h.fn.operandOf(sel.X), read: name == "RLock" || name == "TryRLock", line: h.fn.file.line(sel.Pos())})
}

// try returns the selector of a call of TryLock or TryRLock, or nil.
func try(x ast.Expr) *ast.SelectorExpr {
	if c, ok := x.(*ast.CallExpr); ok {
		if sel, ok := c.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "TryLock" || sel.Sel.Name == "TryRLock") {
			return sel
		}
	}
	return nil
}

// calledName returns the last name of the function that a call calls.
func calledName(c *ast.CallExpr) string {
	x := c.Fun
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.IndexListExpr:
			x = e.X
		case *ast.SelectorExpr:
			return e.Sel.Name
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// keepsLocked returns the line of a return by which the function leaves with a lock that it has locked, or 0.
func (fn *function) keepsLocked(want *operand) int {
	line := 0
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		r, ok := n.(*ast.ReturnStmt)
		if !ok || line != 0 || fn.defersUnlock(want) || !fn.unlocks(want) {
			return true
		}
		at := fn.file.line(r.Pos())
		for _, h := range fn.held(at, "") {
			if h.alike(want) {
				line = at
			}
		}
		return true
	})
	return line
}

// defersUnlock reports whether a function defers an unlock of a lock.
func (fn *function) defersUnlock(want *operand) bool {
	found := false
	ast.Inspect(fn.body, func(n ast.Node) bool {
		if d, ok := n.(*ast.DeferStmt); ok && fn.unlocksIn(d, want) {
			found = true
		}
		return !found
	})
	return found
}

// unlocks reports whether a function unlocks a lock somewhere: if not, it is meant to return with it locked.
func (fn *function) unlocks(want *operand) bool { return fn.unlocksIn(fn.body, want) }

// unlocksIn reports whether a part of a function unlocks a lock.
func (fn *function) unlocksIn(part ast.Node, want *operand) bool {
	found := false
	ast.Inspect(part, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			sel, ok := c.Fun.(*ast.SelectorExpr)
			found = found || ok && (sel.Sel.Name == "Unlock" || sel.Sel.Name == "RUnlock") && fn.operandOf(sel.X).alike(want)
		}
		return !found
	})
	return found
}
