package perf

import (
	"fmt"
	"path"
	"strings"
)

// A Frame is a place in the code.
type Frame struct {
	Func string `json:"func"` // with its package: main.(*Queue).Push
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// String returns the function, and file and line without directories: "main.(*Queue).Push queue.go:41".
func (f Frame) String() string {
	switch {
	case f.Func == "":
		return "an unknown place"
	case f.File == "" || f.Line == 0:
		return f.Func
	}
	return fmt.Sprintf("%s %s:%d", f.Func, path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line)
}

// standard are the first elements of the import paths of the standard library.
var standard = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt
		go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync
		syscall testing text time unicode unique vendor weak`) {
		set[name] = true
	}
	return set
}()

// isStandard reports whether a function belongs to the standard library: whether its import path begins like one of its packages, or it has none, as parts of
// the runtime in assembly.
func isStandard(function string) bool {
	end := strings.IndexAny(function, "./")
	if end < 0 {
		return function != ""
	}
	return standard[function[:end]]
}

// ownFrame returns the index of the innermost frame outside of the standard library, or 0 if there is none.
func ownFrame(frames []Frame) int {
	for i, f := range frames {
		if !isStandard(f.Func) {
			return i
		}
	}
	return 0
}

// isSystem reports whether a goroutine that starts at a function belongs to the runtime.
func isSystem(start string) bool {
	return strings.HasPrefix(start, "runtime.") && start != "runtime.main" || strings.HasPrefix(start, "runtime/trace.")
}
