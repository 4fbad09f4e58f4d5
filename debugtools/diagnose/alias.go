package diagnose

import (
	"go/ast"
	"go/token"
	"go/types"
)

// alias adds the parameters of literals that are called in place with the variable as an argument: go func(out chan<- int) { ... }(out). A wait group must be
// passed by its address, or it would be another one.
func (c *confined) alias() {
	ast.Inspect(c.maker.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for i, x := range call.Args {
			if id := c.argument(x); id != nil && c.names[c.maker.file.object(id)] {
				if p := parameterOf(call, i); p != nil {
					c.names[c.maker.file.object(p)] = true
					c.spelled[p.Name] = true
				}
			}
		}
		return true
	})
}

// argument returns the name that is passed on as the same variable, or nil: a channel, a pointer, or the address of a wait group.
func (c *confined) argument(x ast.Expr) *ast.Ident {
	id, amp := named(x)
	if id == nil || amp != (c.value && c.maker.file.object(id) == c.obj) {
		return nil
	}
	return id
}

// named returns the name that an expression is, and whether its address is taken.
func named(x ast.Expr) (id *ast.Ident, amp bool) {
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
		x, amp = u.X, true
	}
	id, _ = x.(*ast.Ident)
	return id, amp
}

// parameterOf returns the name of the parameter that gets an argument of a literal which is called in place, or nil.
func parameterOf(call *ast.CallExpr, i int) *ast.Ident {
	lit, ok := call.Fun.(*ast.FuncLit)
	if !ok || call.Ellipsis.IsValid() {
		return nil
	}
	for _, f := range lit.Type.Params.List {
		if _, variadic := f.Type.(*ast.Ellipsis); variadic || len(f.Names) == 0 {
			return nil
		}
		if i < len(f.Names) {
			return f.Names[i]
		}
		i -= len(f.Names)
	}
	return nil
}

// origin returns the variable that a parameter of a literal gets where the literal is called in place, or nil.
func (f *file) origin(obj types.Object) (from *ast.Ident) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return from == nil
		}
		for i, x := range call.Args {
			if p := parameterOf(call, i); p != nil && p.Pos() == obj.Pos() {
				from, _ = named(x)
			}
		}
		return from == nil
	})
	return from
}
