package diagnose

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A stand is where a frame stands in the source, and what it is in the middle of there.
type stand struct {
	fn   *function
	line int
	in   deed // the operation that it is blocked in, or 0
}

// reaches reports whether somebody who stands in a function of the variable can still come to one of some deeds, by going on from there. What is
// deferred comes in any case, and so does what is in a loop around the place. It takes branches not into account: what stands further down can be reached.
func (c *confined) reaches(s stand, what deed) bool {
	seen := map[*function]bool{}
	for i := range c.acts {
		a := &c.acts[i]
		if a.fn == s.fn && a.does&what != 0 && (a.deferred || c.ahead(s, a.line)) && !c.busyWith(s, a) {
			return true
		}
	}
	for _, to := range c.calls {
		if to.fn == s.fn && (to.deferred || c.ahead(s, to.line)) && c.does(to.to, what, seen) {
			return true
		}
	}
	return false
}

// ahead reports whether a line of the function that somebody stands in can come after the line where they are.
func (c *confined) ahead(s stand, line int) bool {
	return line >= s.line || c.jumps[s.fn] || c.again(s, line)
}

// again reports whether a loop comes back to a line.
func (c *confined) again(s stand, line int) bool {
	return slices.ContainsFunc(c.loops, func(l loop) bool {
		return l.fn == s.fn && l.from <= s.line && s.line <= l.to && l.from <= line && line <= l.to
	})
}

// busyWith reports whether an act is the very operation in which somebody is blocked, and to which no loop comes back.
func (c *confined) busyWith(s stand, a *act) bool {
	return a.does == s.in && a.line == s.line && !a.deferred && !c.jumps[s.fn] && !c.again(s, a.line) && !slices.ContainsFunc(c.acts, func(b act) bool {
		return b.fn == a.fn && b.line == a.line && b.does == a.does && b != *a
	})
}

// does reports whether a function comes to one of some deeds if it runs as a whole.
func (c *confined) does(fn *function, what deed, seen map[*function]bool) bool {
	if seen[fn] {
		return false
	}
	seen[fn] = true
	return slices.ContainsFunc(c.acts, func(a act) bool { return a.fn == fn && a.does&what != 0 }) ||
		slices.ContainsFunc(c.calls, func(to callTo) bool { return to.fn == fn && c.does(to.to, what, seen) })
}

// handsOut reports whether a literal that somebody else may call at any time comes to one of some deeds.
func (c *confined) handsOut(what deed) bool {
	return slices.ContainsFunc(c.loose, func(fn *function) bool { return fn == nil || c.does(fn, what, map[*function]bool{}) })
}

// places lists the lines at which one of some deeds is done.
func (c *confined) places(what deed) []int {
	var all []int
	for _, a := range c.acts {
		if a.does&what != 0 && !slices.Contains(all, a.line) {
			all = append(all, a.line)
		}
	}
	return all
}

// inside reports whether a function is the one that makes the variable, or a literal in it.
func (c *confined) inside(fn *function) bool {
	for ; fn != nil; fn = fn.outer {
		if fn == c.maker {
			return true
		}
	}
	return false
}

// Parts of the names of functions that the compiler has made from one of the source.
var (
	rangePart   = regexp.MustCompile(`-range\d+$`)
	literalPart = regexp.MustCompile(`\.(func\d+|\d+)$`)
)

// depth returns in how many literals a function is, by its name: "main.f.func2.1" in two.
func depth(name string) int {
	for n := 0; ; n++ {
		name = rangePart.ReplaceAllString(name, "")
		short := literalPart.ReplaceAllString(name, "")
		if short == name {
			return n
		}
		name = short
	}
}

// A standing is what a frame tells of where it stands in a file.
type standing struct {
	name string
	line int
}

// exactly returns the function in which a frame is, or nil if the line and the name leave a doubt.
func (f *file) exactly(fr *dump.Frame) *function {
	key := standing{fr.Func, fr.Line}
	fn, known := f.standing[key]
	if !known {
		fn = f.only(fr)
		f.standing[key] = fn
	}
	return fn
}

// only returns the only function that a frame can be in, or nil.
func (f *file) only(fr *dump.Frame) *function {
	var found *function
	for _, fn := range f.funcs {
		if fn.from > fr.Line || fr.Line > fn.to || fn.literals() != depth(fr.Func) || !fn.agrees(fr) {
			continue
		}
		if found != nil {
			return nil
		}
		found = fn
	}
	return found
}

// literals returns in how many literals a function is, itself included.
func (fn *function) literals() int {
	n := 0
	for ; fn != nil; fn = fn.outer {
		if _, is := fn.node.(*ast.FuncLit); is {
			n++
		}
	}
	return n
}

// wrapper reports whether a frame is one that the compiler made for a go or defer statement. If it is the innermost of a stack, what it calls has not begun.
func wrapper(fr *dump.Frame) bool {
	return strings.Contains(fr.Func, ".gowrap") || strings.Contains(fr.Func, ".deferwrap")
}
