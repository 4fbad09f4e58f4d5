package harness

import (
	"encoding/json"
	"fmt"
	"reflect"

	"pgregory.net/rapid"
)

// An Operation is one thing that a client of a target can do. Operations are made by [Op] and its variants, which keep the types
// of the system, the argument and the result to themselves, and are refined by methods that return a changed copy:
//
//	harness.Op0("len", func(s *Set) int { return s.Len() }).Observing()
type Operation struct {
	// Name identifies the operation within its target, as the model and the case files name it.
	Name string
	// Observer says that the operation never changes the state, whatever it returns. The history checker is much faster for it.
	// It must not be set for an operation that changes the state only sometimes.
	Observer bool
	// Weight is how often the operation is generated relative to others; 0 counts as 1.
	Weight int

	clients func(id int) bool
	codec   codec
}

// codec is what an operation knows about its types.
type codec interface {
	column(n int) column               // room for n calls of one client
	draw(t *rapid.T) any               // an argument
	distinct() bool                    // arguments are numbered by the program
	call(client, arg any) any          // calls without recording
	parse(text string) (any, error)    // reads an argument from its JSON form
	types() (client, arg reflect.Type) // for validation
}

// column holds the arguments and results of one client's calls of one operation, unboxed, so that recording allocates nothing.
type column interface {
	set(i int, arg any)
	call(client any, i int)
	result(i int) any
	reset()
}

// None is the type of an argument or result that carries nothing.
type None struct{}

// Maybe is a result with a flag, as returned by operations of the form (R, bool). Value is the zero value if OK is false.
type Maybe[R comparable] struct {
	Value R
	OK    bool
}

// String prints the value, or "none".
func (m Maybe[R]) String() string {
	if !m.OK {
		return "none"
	}
	return fmt.Sprint(m.Value)
}

// String prints the absence of a value.
func (None) String() string { return "" }

// Some returns the value with the flag set.
func Some[R comparable](v R) Maybe[R] { return Maybe[R]{v, true} }

// Op declares an operation with an argument and a result. The generator makes arguments; a nil generator numbers them instead,
// so that every value of a program is different, which is what containers want (a must then be of type int).
func Op[S any, A, R comparable](name string, gen *rapid.Generator[A], f func(S, A) R) Operation {
	return Operation{Name: name, codec: typed[S, A, R]{gen, f}}
}

// OpOK declares an operation with an argument that returns a value and whether there is one. See [Op] for the generator.
func OpOK[S any, A, R comparable](name string, gen *rapid.Generator[A], f func(S, A) (R, bool)) Operation {
	return Op(name, gen, func(s S, a A) Maybe[R] { return maybe(f(s, a)) })
}

// OpDo declares an operation with an argument and no result. See [Op] for the generator.
func OpDo[S any, A comparable](name string, gen *rapid.Generator[A], f func(S, A)) Operation {
	return Op(name, gen, func(s S, a A) None { f(s, a); return None{} })
}

// Op0 declares an operation with a result and no argument.
func Op0[S any, R comparable](name string, f func(S) R) Operation {
	return Op(name, rapid.Just(None{}), func(s S, _ None) R { return f(s) })
}

// Op0OK declares an operation without argument that returns a value and whether there is one.
func Op0OK[S any, R comparable](name string, f func(S) (R, bool)) Operation {
	return Op0(name, func(s S) Maybe[R] { return maybe(f(s)) })
}

// Op0Do declares an operation with neither argument nor result.
func Op0Do[S any](name string, f func(S)) Operation {
	return Op0(name, func(s S) None { f(s); return None{} })
}

// Observing returns the operation marked as an observer: see the field of that name.
func (o Operation) Observing() Operation { o.Observer = true; return o }

// Weighted returns the operation with a weight: see the field of that name.
func (o Operation) Weighted(w int) Operation { o.Weight = w; return o }

// Only returns the operation restricted to the clients for which allowed returns true, as for a queue with one producer.
// Client 0 always exists.
func (o Operation) Only(allowed func(id int) bool) Operation { o.clients = allowed; return o }

// allows reports whether client id may call the operation.
func (o Operation) allows(id int) bool { return o.clients == nil || o.clients(id) }

// weight returns the effective weight.
func (o Operation) weight() int { return max(o.Weight, 1) }

func maybe[R comparable](v R, ok bool) Maybe[R] {
	if !ok {
		var zero R
		v = zero
	}
	return Maybe[R]{v, ok}
}

// typed is the codec of an operation on S with argument A and result R.
type typed[S any, A, R comparable] struct {
	gen *rapid.Generator[A]
	f   func(S, A) R
}

func (o typed[S, A, R]) column(n int) column {
	return &typedColumn[S, A, R]{f: o.f, args: make([]A, n), results: make([]R, n)}
}

func (o typed[S, A, R]) draw(t *rapid.T) any {
	if o.gen == nil {
		var zero A
		return zero
	}
	return o.gen.Draw(t, "arg")
}

func (o typed[S, A, R]) distinct() bool { return o.gen == nil }

func (o typed[S, A, R]) call(client, arg any) any { return o.f(client.(S), arg.(A)) }

func (o typed[S, A, R]) parse(text string) (any, error) {
	var a A
	if text == "" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return nil, fmt.Errorf("argument %q is not a %T: %w", text, a, err)
	}
	return a, nil
}

func (o typed[S, A, R]) types() (client, arg reflect.Type) {
	return reflect.TypeFor[S](), reflect.TypeFor[A]()
}

type typedColumn[S any, A, R comparable] struct {
	f       func(S, A) R
	args    []A
	results []R
}

func (c *typedColumn[S, A, R]) set(i int, arg any)     { c.args[i] = arg.(A) }
func (c *typedColumn[S, A, R]) call(client any, i int) { c.results[i] = c.f(client.(S), c.args[i]) }
func (c *typedColumn[S, A, R]) result(i int) any       { return c.results[i] }
func (c *typedColumn[S, A, R]) reset()                 { clear(c.results) }

// argText renders an argument for a case file; the empty text is no argument.
func argText(arg any) string {
	if _, none := arg.(None); none || arg == nil {
		return ""
	}
	b, err := json.Marshal(arg)
	if err != nil {
		return fmt.Sprintf("%q", fmt.Sprint(arg))
	}
	return string(b)
}
