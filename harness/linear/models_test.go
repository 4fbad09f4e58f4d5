package linear

import (
	"slices"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

// act is the input of all test models: an operation by name with an argument and its result.
type act struct {
	op     string
	key    int
	arg, b int
	result int
	ok     bool
	unsure bool // the result is not known
}

// oneModel is a specification in a form that serves both checkers: next returns the state after an operation and the result it must have.
type oneModel struct {
	name  string
	init  string
	next  func(state string, a act) (string, int, bool)
	waits func(state string, a act) bool // the operation blocks in this state; nil: none ever does
	reads map[string]bool
	keyed bool
	ops   []string
}

// step is the specification as acceptance.
func (o oneModel) step(state string, a act) (string, bool) {
	if o.waits != nil && o.waits(state, a) {
		return state, false
	}
	next, result, ok := o.next(state, a)
	return next, a.unsure || result == a.result && ok == a.ok
}

// ours is the model for Check, with or without the two hints.
func (o oneModel) ours(hints bool) Model[string, act] {
	m := Model[string, act]{Init: o.init, Step: o.step}
	if hints {
		m.Observer = func(a act) bool { return o.reads[a.op] }
		m.Twin = func(a, b act) bool { return a == b }
	}
	if o.keyed {
		m.Partition = func(a act) any { return a.key }
	}
	return m
}

// theirs is the model for porcupine.
func (o oneModel) theirs() porcupine.Model {
	m := porcupine.Model{
		Init: func() any { return o.init },
		Step: func(s, in, _ any) (bool, any) {
			next, ok := o.step(s.(string), in.(act))
			return ok, next
		},
	}
	if o.keyed {
		m.Partition = func(h []porcupine.Operation) [][]porcupine.Operation {
			byKey := map[int][]porcupine.Operation{}
			for _, op := range h {
				k := op.Input.(act).key
				byKey[k] = append(byKey[k], op)
			}
			var parts [][]porcupine.Operation
			for _, p := range byKey {
				parts = append(parts, p)
			}
			return parts
		}
	}
	return m
}

// num reads a number, 0 if it is none.
func num(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// models are the specifications under test. States are texts, which both checkers compare by value.
var models = []oneModel{
	{name: "register", init: "0", ops: []string{"read", "write"}, reads: map[string]bool{"read": true}, next: register},
	{name: "cas", init: "0", ops: []string{"read", "write", "cas"}, reads: map[string]bool{"read": true}, next: register},
	{name: "counter", init: "0", ops: []string{"inc", "get"}, reads: map[string]bool{"get": true},
		next: func(s string, a act) (string, int, bool) {
			if a.op == "inc" {
				return strconv.Itoa(num(s) + 1), 0, true
			}
			return s, num(s), true
		}},
	{name: "fetch-add", init: "0", ops: []string{"add"},
		next: func(s string, a act) (string, int, bool) { return strconv.Itoa(num(s) + 1), num(s), true }},
	{name: "set", init: "", keyed: true, ops: []string{"add", "remove", "contains"}, reads: map[string]bool{"contains": true},
		next: func(s string, a act) (string, int, bool) {
			switch a.op {
			case "add":
				return "x", 0, s == ""
			case "remove":
				return "", 0, s != ""
			}
			return s, 0, s != ""
		}},
	{name: "whole set", init: "", ops: []string{"add", "remove", "contains"}, reads: map[string]bool{"contains": true}, next: wholeSetStep},
	{name: "lock", init: "", ops: []string{"acquire", "release"},
		waits: func(s string, a act) bool { return (a.op == "acquire") == (s != "") },
		next: func(s string, a act) (string, int, bool) {
			if a.op == "acquire" {
				return "x", 0, true
			}
			return "", 0, true
		}},
	{name: "map", init: "0", keyed: true, ops: []string{"read", "write", "cas"}, reads: map[string]bool{"read": true}, next: register},
	{name: "queue", init: "", ops: []string{"put", "take"},
		next: func(s string, a act) (string, int, bool) {
			if a.op == "put" {
				return s + string(rune('A'+a.arg)), 0, true
			}
			if s == "" {
				return s, 0, false
			}
			return s[1:], int(s[0] - 'A'), true
		}},
	{name: "stack", init: "", ops: []string{"put", "take"},
		next: func(s string, a act) (string, int, bool) {
			if a.op == "put" {
				return s + string(rune('A'+a.arg)), 0, true
			}
			if s == "" {
				return s, 0, false
			}
			return s[:len(s)-1], int(s[len(s)-1] - 'A'), true
		}},
}

// wholeSetStep is a set whose state is the texts of its elements in rising order; arg is the element.
func wholeSetStep(s string, a act) (string, int, bool) {
	e := string(rune('A' + a.arg))
	at := strings.Index(s, e)
	switch {
	case a.op == "add" && at < 0:
		sorted := []byte(s + e)
		slices.Sort(sorted)
		return string(sorted), 0, true
	case a.op == "remove" && at >= 0:
		return s[:at] + s[at+1:], 0, true
	case a.op == "contains":
		return s, 0, at >= 0
	}
	return s, 0, false
}

func register(s string, a act) (string, int, bool) {
	switch {
	case a.op == "write":
		return strconv.Itoa(a.arg), 0, true
	case a.op == "cas" && num(s) == a.arg:
		return strconv.Itoa(a.b), 0, true
	case a.op == "cas":
		return s, 0, false
	}
	return s, num(s), true
}
