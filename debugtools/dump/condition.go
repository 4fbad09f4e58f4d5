package dump

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A textKey is a key of a filter that stands for texts of a goroutine.
type textKey struct {
	each  func(*Goroutine, func(string) bool) bool // whether one of the texts satisfies a condition
	exact bool                                     // "=" compares the whole text
}

// texts are the keys that stand for texts.
var texts = map[string]textKey{
	"state":   {func(g *Goroutine, ok func(string) bool) bool { return ok(g.State) }, true},
	"creator": {func(g *Goroutine, ok func(string) bool) bool { return ok(g.Stack.Creator.Func) }, false},
	"func": {func(g *Goroutine, ok func(string) bool) bool {
		return slices.ContainsFunc(g.Stack.Frames, func(f Frame) bool { return ok(f.Func) })
	}, false},
	"file": {func(g *Goroutine, ok func(string) bool) bool {
		return slices.ContainsFunc(g.Stack.Frames, func(f Frame) bool { return ok(f.File) })
	}, false},
}

// contains returns the condition that one of the texts holds a part.
func (k textKey) contains(part string) predicate {
	return func(g *Goroutine) bool { return k.each(g, func(s string) bool { return strings.Contains(s, part) }) }
}

// numbers are the keys that stand for numbers.
var numbers = map[string]func(*Goroutine) int64{
	"id":      func(g *Goroutine) int64 { return g.ID },
	"parent":  func(g *Goroutine) int64 { return g.Parent },
	"minutes": func(g *Goroutine) int64 { return int64(g.Minutes) },
	"bubble":  func(g *Goroutine) int64 { return g.Bubble },
	"count":   func(g *Goroutine) int64 { return int64(g.Count) },
}

// flagNames are the values of the key flag.
var flagNames = map[string]Flags{"locked": Locked, "leaked": Leaked, "scan": Scan, "durable": Durable, "system": System, "ancestors": Ancestors, "nostack": NoStack}

// condition returns the predicate of a term, or says what is wrong with it.
func condition(key, sign, value string) (match predicate, wrong string) {
	if sign == "!=" {
		equal, wrong := condition(key, "=", value)
		return func(g *Goroutine) bool { return !equal(g) }, wrong
	}
	if number, ok := numbers[key]; ok {
		return numberCondition(number, sign, value)
	}
	get, known := texts[key]
	if name, ok := strings.CutPrefix(key, "label."); ok {
		known = true
		get = textKey{func(g *Goroutine, ok func(string) bool) bool { return hasLabel(g, name) && ok(g.Label(name)) }, true}
	}
	switch {
	case key == "flag" && sign == "=":
		flag, ok := flagNames[value]
		if !ok {
			return nil, "unknown flag " + strconv.Quote(value)
		}
		return func(g *Goroutine) bool { return g.Flags&flag != 0 }, ""
	case !known && key != "flag":
		return nil, "unknown key " + strconv.Quote(key) + " (state func file creator minutes id parent bubble count label.NAME flag)"
	case !known || sign != "=" && sign != "~":
		return nil, key + " cannot be compared with " + sign
	case sign == "~":
		return regexpCondition(get, value)
	case get.exact:
		return func(g *Goroutine) bool { return get.each(g, func(s string) bool { return s == value }) }, ""
	}
	return get.contains(value), ""
}

// regexpCondition is condition for "~".
func regexpCondition(get textKey, value string) (match predicate, wrong string) {
	re, err := regexp.Compile(value)
	if err != nil {
		return nil, strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	return func(g *Goroutine) bool { return get.each(g, re.MatchString) }, ""
}

// hasLabel reports whether a goroutine has a label.
func hasLabel(g *Goroutine, key string) bool {
	return slices.ContainsFunc(g.Labels, func(l Label) bool { return l.Key == key })
}

// numberCondition is condition for numbers: one to compare with, or a list of numbers and ranges to be in.
func numberCondition(number func(*Goroutine) int64, sign, value string) (match predicate, wrong string) {
	if sign == "=" {
		return listCondition(number, value)
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return nil, strconv.Quote(value) + " is no number"
	}
	switch sign {
	case ">=":
		return func(g *Goroutine) bool { return number(g) >= n }, ""
	case "<=":
		return func(g *Goroutine) bool { return number(g) <= n }, ""
	case ">":
		return func(g *Goroutine) bool { return number(g) > n }, ""
	case "<":
		return func(g *Goroutine) bool { return number(g) < n }, ""
	}
	return nil, "numbers cannot be compared with " + sign
}

// listCondition reads "7,12,20-30".
func listCondition(number func(*Goroutine) int64, value string) (match predicate, wrong string) {
	var ranges [][2]int64
	for part := range strings.SplitSeq(value, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		a, err1 := strconv.ParseInt(from, 10, 64)
		b, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil {
			return nil, strconv.Quote(part) + " is no number and no range of numbers"
		}
		ranges = append(ranges, [2]int64{a, b})
	}
	return func(g *Goroutine) bool {
		n := number(g)
		return slices.ContainsFunc(ranges, func(r [2]int64) bool { return r[0] <= n && n <= r[1] })
	}, ""
}
