package signature

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A frame is one call of a stack.
type frame struct {
	function string // with its package path, without arguments
	file     string
	line     int
}

// name returns the function without the wrappers that the compiler adds.
func (f frame) name() string {
	n := f.function
	for _, wrapper := range []string{".gowrap", ".deferwrap"} {
		if at := strings.LastIndex(n, wrapper); at >= 0 && digits(n[at+len(wrapper):]) {
			n = n[:at]
		}
	}
	return strings.TrimSuffix(n, "-fm")
}

// digits reports whether a text is digits only, or empty.
func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// closure matches what the compiler appends to the name of a function for the functions inside it.
var closure = regexp.MustCompile(`((\.func\d+)|(-range\d+)|(\.\d+)|(\.gowrap\d+)|(\.deferwrap\d+))+$`)

// declared returns the function that the source declares: a closure's name is its position, which shifts.
func (f frame) declared() string { return closure.ReplaceAllString(f.name(), "") }

// short returns the function without the directories of its package path.
func short(function string) string {
	at := strings.LastIndexByte(beforeTypes(function), '/')
	return function[at+1:]
}

// beforeTypes cuts a name before its type arguments, which may hold slashes of their own.
func beforeTypes(function string) string {
	if at := strings.IndexByte(function, '['); at >= 0 {
		return function[:at]
	}
	return function
}

// base returns the last element of the file with the line: "queue.go:41".
func (f frame) base() string {
	return path.Base(strings.ReplaceAll(f.file, `\`, "/")) + ":" + strconv.Itoa(f.line)
}

// site returns the file as printed with the line.
func (f frame) site() string { return f.file + ":" + strconv.Itoa(f.line) }

// exact names a frame with its position, and works on every machine.
func (f frame) exact() string { return f.name() + " " + f.base() }

// human names a frame in a title.
func (f frame) human() string { return short(f.name()) + " (" + f.base() + ")" }

// pkg returns the import path of a frame's function.
func (f frame) pkg() string {
	n := beforeTypes(f.function)
	slash := strings.LastIndexByte(n, '/') + 1
	if dot := strings.IndexByte(n[slash:], '.'); dot >= 0 {
		return n[:slash+dot]
	}
	return ""
}

// stdRoots are the first elements of the import paths of the standard library.
var stdRoots = func() map[string]bool {
	roots := map[string]bool{}
	for _, r := range strings.Fields(`archive bufio builtin bytes cmp compress container context crypto database debug embed
		encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect
		regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak`) {
		roots[r] = true
	}
	return roots
}()

// std reports whether a frame belongs to the standard library: its import path starts like one, and its file, where that is
// an absolute path, lies in a directory src/IMPORTPATH.
func (f frame) std() bool {
	p := f.pkg()
	if p == "" {
		return f.function == "panic" || f.function == ""
	}
	root, _, _ := strings.Cut(p, "/")
	if !stdRoots[root] {
		return false
	}
	file := strings.ReplaceAll(f.file, `\`, "/")
	dir := path.Dir(file)
	if !strings.HasPrefix(file, "/") && !strings.Contains(file, ":/") {
		return true
	}
	// Functions of runtime that stand in for another package keep that package's name; any src directory will do.
	return strings.HasSuffix(dir, "/src/"+strings.TrimSuffix(p, "_test")) || strings.Contains(dir, "/src/runtime") ||
		strings.Contains(dir, "/src/internal/") || strings.Contains(dir, "/src/testing")
}

// generated reports whether a frame is the main function that go test writes.
func (f frame) generated() bool { return strings.HasSuffix(f.file, "_testmain.go") }

// user reports whether a frame is code that somebody tests: neither the standard library nor generated.
func (f frame) user() bool { return !f.std() && !f.generated() }

// harness reports whether a frame belongs to the machinery below every test: runtime, testing, generated code.
func (f frame) harness() bool {
	root, _, _ := strings.Cut(f.pkg(), "/")
	return f.pkg() == "" || root == "runtime" || root == "testing" || root == "internal" || f.generated()
}

// test returns the name of the test function that a frame belongs to, or "".
func (f frame) test() string {
	if !strings.HasSuffix(f.file, "_test.go") {
		return ""
	}
	name := strings.TrimPrefix(f.declared(), f.pkg()+".")
	for _, prefix := range []string{"Test", "Fuzz", "Example"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && !strings.ContainsAny(rest, ".()") && name != "TestMain" {
			return name
		}
	}
	return ""
}

// top returns the first n frames that are user code; without any, the first outside runtime and testing.
func top(frames []frame, n int) []frame {
	if found := first(frames, n, frame.user); len(found) > 0 {
		return found
	}
	return first(frames, 1, func(f frame) bool { return !f.harness() })
}

// first returns up to n frames that satisfy a condition; direct recursion counts once.
func first(frames []frame, n int, keep func(frame) bool) []frame {
	var found []frame
	for _, f := range frames {
		if len(found) == n {
			break
		}
		if keep(f) && (len(found) == 0 || found[len(found)-1] != f) {
			found = append(found, f)
		}
	}
	return found
}

// parseFrame reads a function line and the file line below it, as tracebacks, race reports and goleak print them.
func parseFrame(function, location string) (frame, bool) {
	file, line, ok := parseLocation(location)
	if !ok {
		return frame{}, false
	}
	name, ok := parseFunction(function)
	return frame{function: name, file: file, line: line}, ok
}

// parseLocation reads "\t/dir/file.go:12 +0x2a fp=...".
func parseLocation(s string) (file string, line int, ok bool) {
	if s == "" || (s[0] != ' ' && s[0] != '\t') {
		return "", 0, false
	}
	s = strings.TrimLeft(s, " \t")
	if at := strings.Index(s, " +0x"); at >= 0 {
		s = s[:at]
	}
	at := strings.LastIndexByte(s, ':')
	if at <= 0 || at == len(s)-1 {
		return "", 0, false
	}
	line, err := strconv.Atoi(s[at+1:])
	if err != nil || line < 0 || !sourceFile(s[:at]) {
		return "", 0, false
	}
	return s[:at], line, true
}

// sourceFile reports whether a name can be the file of a frame.
func sourceFile(name string) bool {
	if name == "<autogenerated>" {
		return true
	}
	switch path.Ext(name) {
	case ".go", ".s", ".c", ".cc", ".cpp", ".h", ".m":
		return true
	}
	return false
}

// parseFunction reads "pkg.(*T).f(0x1, ...)" or "created by pkg.f in goroutine 7" and returns the function.
func parseFunction(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "created by "); ok {
		name, _, _ := strings.Cut(rest, " in goroutine ")
		return name, plausible(name)
	}
	if !strings.HasSuffix(s, ")") {
		return "", false
	}
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return s[:i], plausible(s[:i])
			}
		}
	}
	return "", false
}

// plausible reports whether a text can be the name of a function.
func plausible(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \t") || strings.HasPrefix(name, "glob..")
}
