package diagnose

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// An operand is an expression of the source that names a lock, a channel or the like, with what the source tells about which one it is.
type operand struct {
	text  string // as the source writes it: "a.mu"
	field string // the last name in it, "" if it is a variable itself
	class string // the type that has the field, or the type of the variable; "" if the file does not tell
	home  string // where the variable is declared, if it is itself the lock or channel: equal homes are one variable
	elem  string // of a channel, or ""
	word  int    // the argument of the frame that points to the struct it is in, or -1
	deep  bool   // there is a pointer or an index on the way from that argument

	id *ast.Ident // the variable, if it is itself the lock or channel
}

// operandOf describes an expression in a function. It returns nil for what has no name: the result of a call, for example.
func (fn *function) operandOf(x ast.Expr) *operand {
	o := &operand{text: types.ExprString(x), word: -1}
	var names []string
	for {
		switch e := x.(type) {
		case *ast.ParenExpr:
			x = e.X
			continue
		case *ast.StarExpr:
			x = e.X
			continue
		case *ast.UnaryExpr:
			if e.Op != token.AND {
				return o
			}
			x = e.X
			continue
		case *ast.SelectorExpr:
			names = append(names, e.Sel.Name)
			x = e.X
			continue
		case *ast.IndexExpr:
			o.deep = true
			x = e.X
			continue
		case *ast.Ident:
			slices.Reverse(names)
			fn.resolve(o, e, names)
			return o
		}
		if len(names) > 0 {
			o.field, o.deep = names[0], true
		}
		return o
	}
}

// resolve finds the declaration of the variable that an operand begins with, and follows the fields from there.
func (fn *function) resolve(o *operand, root *ast.Ident, names []string) {
	v := fn.variable(root)
	o.word = v.word
	if len(names) == 0 {
		if !o.deep {
			o.id = root
		}
		o.home, o.class, o.elem = v.home, typeName(v.typ), elemName(v.typ)
		return
	}
	o.field = names[len(names)-1]
	o.deep = o.deep || len(names) > 1
	t := v.typ
	for _, n := range names[:len(names)-1] {
		t = fn.file.fieldType(t, n)
	}
	if !o.deep || len(names) > 1 {
		o.class = typeName(t)
	}
	o.elem = elemName(fn.file.fieldType(t, o.field))
	if v.global && v.typ == nil && len(names) == 1 {
		o.class = "" // a field of a variable in another file, or a name of another package
	}
}

// A variable is a declaration: of a parameter, or within a function or file.
type variable struct {
	home   string
	typ    ast.Expr // nil if the source does not say
	word   int      // its word in the arguments of the frame, or -1
	global bool
}

// variable finds the declaration of a name as seen from a function: parameters and locals of it and of those around it, then of the file.
func (fn *function) variable(id *ast.Ident) variable {
	for at := fn; at != nil; at = at.outer {
		if t, word, ok := at.parameter(id.Name); ok {
			if at != fn {
				word = -1 // captured: its frame may be gone
			}
			return variable{home: at.home(id.Name), typ: t, word: word}
		}
		if t, ok := at.local(id.Name, id.Pos()); ok {
			return variable{home: at.home(id.Name), typ: t, word: -1}
		}
	}
	return variable{home: "package " + fn.file.ast.Name.Name + " " + id.Name, typ: fn.file.global(id.Name), word: -1, global: true}
}

// home names a variable of a function.
func (fn *function) home(name string) string { return fn.name + itoa(fn.from) + " " + name }

// parameter returns the type of a parameter or receiver, and in which word of the arguments it is, if it is a pointer or fits a word.
func (fn *function) parameter(name string) (ast.Expr, int, bool) {
	word := 0
	for _, list := range []*ast.FieldList{fn.recv, fn.typ.Params} {
		if list == nil {
			continue
		}
		for _, p := range list.List {
			for _, id := range p.Names {
				if id.Name == name {
					return p.Type, word, true
				}
				word = after(word, p.Type)
			}
			if len(p.Names) == 0 {
				word = after(word, p.Type)
			}
		}
		if list == fn.typ.Params && fn.typ.TypeParams != nil {
			word = -1 // a dictionary is passed as well
		}
	}
	for _, list := range []*ast.FieldList{fn.typ.Results} {
		if list == nil {
			continue
		}
		for _, p := range list.List {
			if slices.ContainsFunc(p.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				return p.Type, -1, true
			}
		}
	}
	return nil, -1, false
}

// after returns the word behind an argument of a type, or -1 if that cannot be told.
func after(word int, t ast.Expr) int {
	n := words(t)
	if word < 0 || n < 0 {
		return -1
	}
	return word + n
}

// twoWords are types of other packages, and of none, that take two words in an argument list.
var twoWords = []string{"string", "error", "any", "context.Context", "io.Reader", "io.Writer", "net.Conn", "http.ResponseWriter"}

// words returns how many words an argument of a type takes, or -1 if the type does not tell by itself.
func words(t ast.Expr) int {
	switch t := t.(type) {
	case *ast.StarExpr, *ast.ChanType, *ast.MapType, *ast.FuncType:
		return 1
	case *ast.ArrayType:
		if t.Len == nil {
			return 3
		}
	case *ast.Ellipsis:
		return 3
	case *ast.InterfaceType:
		return 2
	case *ast.Ident, *ast.SelectorExpr:
		name := types.ExprString(t)
		switch {
		case slices.Contains(twoWords, name):
			return 2
		case name == "time.Duration", name == "bool", name == "byte", name == "rune", strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
			return 1
		}
	}
	return -1
}

// local returns the type of a variable that a function declares in front of a place, as far as its declaration shows it.
func (fn *function) local(name string, before token.Pos) (t ast.Expr, ok bool) {
	ast.Inspect(fn.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, is := l.(*ast.Ident); is && id.Name == name && n.Tok == token.DEFINE && n.Pos() <= before {
					t, ok = nil, true
					if len(n.Lhs) == len(n.Rhs) {
						t = typeOf(n.Rhs[i])
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == name && n.Pos() <= before {
					t, ok = n.Type, true
					if t == nil && i < len(n.Values) {
						t = typeOf(n.Values[i])
					}
				}
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, is := x.(*ast.Ident); is && id.Name == name && n.Tok == token.DEFINE && n.Pos() <= before {
					t, ok = nil, true
				}
			}
		}
		return true
	})
	return t, ok
}

// global returns the type of a variable of the package that is declared in this file, or nil.
func (f *file) global(name string) ast.Expr {
	for _, d := range f.ast.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, id := range v.Names {
				if id.Name != name {
					continue
				} else if v.Type == nil && i < len(v.Values) {
					return typeOf(v.Values[i])
				}
				return v.Type
			}
		}
	}
	return nil
}

// typeOf returns the type that an expression shows by itself: &T{}, T{}, new(T), make(T).
func typeOf(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return typeOf(x.X)
		}
	case *ast.CompositeLit:
		return x.Type
	case *ast.CallExpr:
		if id, ok := x.Fun.(*ast.Ident); ok && len(x.Args) > 0 && (id.Name == "new" || id.Name == "make") {
			return x.Args[0]
		}
	}
	return nil
}

// fieldType returns the type of a field, if its struct is declared in this file.
func (f *file) fieldType(t ast.Expr, field string) ast.Expr {
	s := f.types[typeName(t)]
	if s == nil {
		return nil
	}
	for _, p := range s.Fields.List {
		for _, id := range p.Names {
			if id.Name == field {
				return p.Type
			}
		}
		if len(p.Names) == 0 && typeName(p.Type) == field {
			return p.Type
		}
	}
	return nil
}

// typeName returns the name of a type, without pointers and type arguments, or "".
func typeName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.ParenExpr:
		return typeName(t.X)
	case *ast.IndexExpr:
		return typeName(t.X)
	case *ast.IndexListExpr:
		return typeName(t.X)
	case *ast.SelectorExpr:
		return types.ExprString(t)
	}
	return ""
}

// elemName returns the type of what a channel carries, or "".
func elemName(t ast.Expr) string {
	if c, ok := t.(*ast.ChanType); ok {
		return types.ExprString(c.Value)
	}
	return ""
}

// alike reports whether two operands can be the same lock or channel, as far as their sources show.
func (o *operand) alike(p *operand) bool {
	switch {
	case o == nil || p == nil:
		return false
	case o.field == p.field && o.field != "":
		return o.class == "" || p.class == "" || o.class == p.class
	case o.elem != "" && p.elem != "":
		return o.elem == p.elem && (o.home == "" || p.home == "" || o.home == p.home || o.word >= 0 || p.word >= 0)
	case o.field != p.field:
		return false
	case o.home != "" && o.home == p.home:
		return true
	}
	return o.class != "" && o.class == p.class && (o.word >= 0 || p.word >= 0)
}

// farthest is how far into a struct a field may lie, and nearby how far if nothing else speaks for it.
const (
	farthest = 4096
	nearby   = 256
)

// A match says how an operand in a frame fits an object.
type match int

const (
	never  match = iota // it is another object
	may                 // the source allows it
	points              // an argument of the frame points in front of the object
)

// fits compares an operand that stands in a frame of g with the object at an address whose waiter calls it want. Where the field lies in its
// struct is known from waiters whose own argument points to it.
func (o *owners) fits(op *operand, g *goroutine, frame int, addr uint64, want *operand) match {
	if op == nil || want != nil && !op.alike(want) {
		return never
	}
	if op.word < 0 || addr == 0 {
		return may
	}
	v, exact, ok := g.Arg(frame, argument(g, frame, op.word))
	offset, known := o.offsets[op.key()]
	switch far := addr - v; {
	case ok && v != 0 && v <= addr && (known && far == offset || !known && far < nearby):
		return points
	case ok && exact && !op.deep && (known || far >= farthest): // also if it points behind the object
		return never
	}
	return may
}

// key names the field of a class.
func (o *operand) key() string { return o.class + "." + o.field }

// ambiguous is the offset of a field for which several were seen: of types with the same name.
const ambiguous = farthest + 1

// measure learns where a field lies in its struct from a goroutine that waits for it and has a pointer to the struct among its arguments.
func (o *owners) measure(g *goroutine) {
	if g.addr == 0 || g.wants == nil || g.wants.word < 0 || g.wants.deep {
		return
	}
	v, exact, ok := g.Arg(g.user, argument(g, g.user, g.wants.word))
	if !ok || !exact || v > g.addr || g.addr-v >= farthest {
		return
	}
	if old, seen := o.offsets[g.wants.key()]; seen && old != g.addr-v {
		o.offsets[g.wants.key()] = ambiguous
		return
	}
	o.offsets[g.wants.key()] = g.addr - v
}

// argument returns the word of a frame for a word of the source, or -1 for functions with type parameters: they get a dictionary, and where the
// receiver is then written differs.
func argument(g *goroutine, frame, word int) int {
	if strings.Contains(g.Stack.Frames[frame].Func, "[...]") {
		return -1
	}
	return word
}
