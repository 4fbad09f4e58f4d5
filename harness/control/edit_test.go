package control

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// goSource is a file of an imaginary std.
const goSource = `// Copyright.

package p

import "unsafe"

var a, b = 1, 2

// T has a method.
type T[K any] struct{ k K }

// Get gets.
//
//go:nosplit
func (t *T[K]) Get() K {
	x := t.k
	return x
}

func plain() {
	x := 1
	_ = x
	x = 1
}
`

// applied returns goSource with an edit file applied.
func applied(t *testing.T, edits string) (string, []string) {
	t.Helper()
	list, err := parseEdits("e.edit", edits)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseSource("p/p.go", goSource)
	if err != nil {
		t.Fatal(err)
	}
	text, problems := s.apply(list, "LINES")
	kept := slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(line string) bool { return strings.HasPrefix(line, "//line LINES:") })
	return strings.Join(kept, ""), problems
}

// block writes one edit.
func block(action, anchor, text string) string {
	return fmt.Sprintf("%s\n<<<\n%s\n===\n%s\n>>>\n", action, anchor, text)
}

func TestApply(t *testing.T) {
	for name, c := range map[string]struct{ edits, old, new string }{
		"after":        {"file p/p.go\nfunc plain\n" + block("after", "\tx := 1", "\tf()"), "\tx := 1\n", "\tx := 1\n\tf()\n"},
		"before":       {"file p/p.go\nfunc (*T).Get\n" + block("before", "\treturn x", "\tf()"), "\treturn x\n", "\tf()\n\treturn x\n"},
		"replace":      {"file p/p.go\nfunc plain\n" + block("replace", "x = 1\n}", "x = 2\n}"), "\tx = 1\n}", "\tx = 2\n}"},
		"delete":       {"file p/p.go\nfunc (*T).Get\n" + block("replace", "//go:nosplit", ""), "//go:nosplit\n", "\n"},
		"declaration":  {"file p/p.go\ndecl b\n" + block("replace", "1, 2", "1, 3"), "1, 2", "1, 3"},
		"type":         {"file p/p.go\ndecl T\n" + block("replace", "k K", "k K; n int"), "k K }", "k K; n int }"},
		"imports":      {"file p/p.go\ntop\n" + block("after", `import "unsafe"`, `import "math"`), "import \"unsafe\"\n", "import \"unsafe\"\nimport \"math\"\n"},
		"comments":     {"# first\n\nfile p/p.go\n# second\nfunc plain\n#third\n" + block("after", "x := 1", "f()"), "\tx := 1\n", "\tx := 1\nf()\n"},
		"two in order": {"file p/p.go\nfunc plain\n" + block("after", "x := 1", "g()") + block("after", "x := 1", "h()"), "\tx := 1\n", "\tx := 1\ng()\nh()\n"},
		"doc comment":  {"file p/p.go\nfunc (*T).Get\n" + block("replace", "//go:nosplit\nfunc", "func"), "//go:nosplit\nfunc", "func"},
	} {
		got, problems := applied(t, c.edits)
		if want := strings.Replace(goSource, c.old, c.new, 1); got != want || len(problems) > 0 || got == goSource {
			t.Errorf("%s: %q, got\n%s", name, problems, got)
		}
	}
}

// TestLinesStay: every line that was there before keeps its number.
func TestLinesStay(t *testing.T) {
	edits, err := parseEdits("e.edit", "file p/p.go\ntop\n"+block("after", "package p", "\n\n")+"decl a\n"+block("replace", "1, 2", "1,\n2")+
		"func (*T).Get\n"+block("before", "x := t.k", "f()\ng()")+block("replace", "return x", "return t.k")+"func plain\n"+block("replace", "x := 1\n\t_ = x\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseSource("p/p.go", goSource)
	if err != nil {
		t.Fatal(err)
	}
	text, problems := s.apply(edits, filepath.Join(t.TempDir(), "p.go"))
	after, err := parseSource("q/q.go", text)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	line := func(s *source, n ast.Node) int { return s.fset.Position(n.Pos()).Line }
	for i, d := range s.file.Decls {
		if a, b := line(s, d), line(after, after.file.Decls[i]); a != b {
			t.Errorf("declaration %d was in line %d and is in line %d of\n%s", i, a, b, text)
		}
	}
	end := func(s *source) int { return s.fset.Position(s.file.Decls[4].(*ast.FuncDecl).Body.Rbrace).Line }
	if a, b := end(s), end(after); a != b {
		t.Errorf("the end was in line %d and is in line %d of\n%s", a, b, text)
	}
}

// TestApplyComplains: an edit that cannot be applied is one line with the file, the declaration and what was looked for.
func TestApplyComplains(t *testing.T) {
	for name, c := range map[string]struct{ edits, want string }{
		"no anchor":      {"file p/p.go\nfunc plain\n" + block("after", "y := 1", "f()"), `e.edit:3: p/p.go, func plain: the anchor stands 0 times, looked for "y := 1"`},
		"elsewhere":      {"file p/p.go\nfunc plain\n" + block("after", "return x", "f()"), `e.edit:3: p/p.go, func plain: the anchor stands 0 times, looked for "return x"`},
		"twice":          {"file p/p.go\nfunc plain\n" + block("after", "= 1", "f()"), `e.edit:3: p/p.go, func plain: the anchor stands 2 times, looked for "= 1"`},
		"no function":    {"file p/p.go\nfunc gone\n" + block("after", "x", "f()"), `e.edit:3: p/p.go has 0 declarations "func gone", and there must be one`},
		"value receiver": {"file p/p.go\nfunc (T).Get\n" + block("after", "x", "f()"), `e.edit:3: p/p.go has 0 declarations "func (T).Get", and there must be one`},
		"overlap": {"file p/p.go\nfunc plain\n" + block("replace", "x := 1\n\t_ = x", "f()") + block("replace", "_ = x\n\tx = 1", "f()"),
			`e.edit:10: p/p.go, func plain: overlaps another edit`},
	} {
		if _, problems := applied(t, c.edits); !slices.Equal(problems, []string{c.want}) {
			t.Errorf("%s: %q, want %q", name, problems, c.want)
		}
	}
}

func TestParseEditsComplains(t *testing.T) {
	for text, want := range map[string]string{
		"file a.go\nfunc f\nafter\nx":                     "e.edit:3: <<< is missing",
		"file a.go\nfunc f\nafter":                        "e.edit:3: <<< is missing",
		"file a.go\nfunc f\nafter\n<<<\nx\n>>>\n":         "e.edit:3: === is missing",
		"file a.go\nfunc f\nafter\n<<<\nx\n===\ny\n":      "e.edit:3: >>> is missing",
		"file a.go\nfunc f\nafter\n<<<\n\n===\ny\n>>>":    "e.edit:3: the anchor is empty",
		"func f\nafter\n<<<\nx\n===\n>>>":                 "e.edit:2: an edit needs a file and a func, decl or top above it",
		"file a.go\nfunc f\nfile b.go\nafter\n<<<\nx\n":   "e.edit:4: an edit needs a file and a func, decl or top above it",
		"# comment\nfunctoin f":                           `e.edit:2: "functoin f" is no statement of an edit`,
		"file a.go\nfunc f\ninstead\n<<<\nx\n===\ny\n>>>": `e.edit:3: "instead" is no statement of an edit`,
		"versions go1.26":                                 "e.edit:1: versions needs a target or an edit above it",
	} {
		if list, err := parseEdits("e.edit", text); err == nil || err.Error() != want {
			t.Errorf("%q gave %v, %v, want %s", text, list, err, want)
		}
	}
}

// TestVersions: versions concern the edit above, or all of a target.
func TestVersions(t *testing.T) {
	one := block("after", "x", "y")
	std := fstest.MapFS{
		"edits/a.edit": {Data: []byte("file a.go\nfunc f\n" + one + "versions go1.26\n" + one + "func g\nversions go1.27\n" + one + one + "func h\n" + one)},
		"edits/b.edit": {Data: []byte("file a.go\r\nfunc i\r\n" + strings.ReplaceAll(one, "\n", "\r\n") + "versions go1.26 go1.27\r\n")},
		"edits/README": {Data: []byte("no edits")},
	}
	for minor, want := range map[string]string{"go1.26": "func f, func f, func h, func i", "go1.27": "func f, func g, func g, func h, func i", "go1.28": "func f, func h"} {
		list, err := readEdits(std, minor)
		if err != nil {
			t.Fatal(err)
		}
		var targets []string
		for _, e := range list {
			targets = append(targets, e.target)
		}
		if got := strings.Join(targets, ", "); got != want {
			t.Errorf("%s: %s, want %s", minor, got, want)
		}
	}
}

// TestDigest: what the compiler sees changes a digest, what it does not see does not.
func TestDigest(t *testing.T) {
	of := func(text, target string) string {
		s, err := parseSource("p/p.go", text)
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.digest(target)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		target, old, new string
		same             bool
	}{
		{"func (*T).Get", "// Get gets.", "// Get returns it.", true},
		{"func (*T).Get", "\tx := t.k\n", "\n\tx  :=  t.k // here\n", true},
		{"func (*T).Get", "x := t.k\n", "x := t.k;\n", true},
		{"func (*T).Get", "x = 1", "x = 3", true}, // in another function
		{"func (*T).Get", "//go:nosplit", "//go:noinline", false},
		{"func (*T).Get", "return x", "return t.k", false},
		{"func plain", "x = 1", "x = 3", false},
		{"decl a", "1, 2", "1, 3", false},
		{"top", `"unsafe"`, `"math"`, false},
		{"top", "// Copyright.", "// Copyright 2026.", true},
	} {
		if got := of(goSource, c.target) == of(strings.Replace(goSource, c.old, c.new, 1), c.target); got != c.same {
			t.Errorf("%s with %q for %q: same digest %v", c.target, c.new, c.old, got)
		}
	}
}

// TestKnown: digests are written and read again, and what is not among them is named.
func TestKnown(t *testing.T) {
	f, g := declaration{"a/a.go", "func f"}, declaration{"a/a.go", "func (*T).g"}
	k := known{f: {"2", "1"}, g: {"3"}}
	back, err := readKnown(fstest.MapFS{"digests/go1.26.txt": {Data: []byte(k.String())}}, "go1.26")
	if err != nil || back.String() != k.String() {
		t.Errorf("%v, %v", back, err)
	}
	if bad := back.unknown(map[declaration]string{f: "2", g: "4"}, "go1.26.9"); !slices.Equal(bad, []string{"a/a.go func (*T).g of go1.26.9 differs from what was checked"}) {
		t.Errorf("%q", bad)
	}
	if none, err := readKnown(fstest.MapFS{}, "go1.26"); err != nil || len(none.unknown(map[declaration]string{f: "1"}, "")) != 1 {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := readKnown(fstest.MapFS{"digests/go1.26.txt": {Data: []byte("a/a.go\n")}}, "go1.26"); err == nil {
		t.Error("a broken file of digests was read")
	}
}
