package lockswap

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestRewrite holds what is swapped, and what is left alone.
func TestRewrite(t *testing.T) {
	for _, c := range []struct{ name, from, want string }{
		{"a field", `package p; import "sync"; type T struct { mu sync.Mutex; wg sync.WaitGroup }`,
			`package p; import godmode_deadlock "lib"; import "sync"; type T struct { mu godmode_deadlock.Mutex; wg sync.WaitGroup }`},
		{"nothing else of sync is left", `package p; import "sync"; var mu sync.RWMutex`,
			`package p; import godmode_deadlock "lib"; import  _ "sync"; var mu godmode_deadlock.RWMutex`},
		{"another name", `package p; import s "sync"; var mu s.Mutex`,
			`package p; import godmode_deadlock "lib"; import _ "sync"; var mu godmode_deadlock.Mutex`},
		{"embedded, with a comment", "package p // of locks\nimport \"sync\"\ntype T struct { *sync.Mutex }",
			"package p; import godmode_deadlock \"lib\" // of locks\nimport  _ \"sync\"\ntype T struct { *godmode_deadlock.Mutex }"},
		{"a method", `package p; import "sync"; var f = (*sync.Mutex).Lock`,
			`package p; import godmode_deadlock "lib"; import  _ "sync"; var f = (*godmode_deadlock.Mutex).Lock`},
		{"no lock", `package p; import "sync"; var wg sync.WaitGroup`, ""},
		{"no sync", `package p; var x int`, ""},
		{"a variable of that name", `package p; import "sync"; var once sync.Once; func f(sync struct{ Mutex int }) int { return sync.Mutex }`, ""},
		{"another package of that name", `package p; import "x/sync"; var mu sync.Mutex`, ""},
		{"imported for nothing", `package p; import _ "sync"`, ""},
	} {
		got, err := rewrite("x.go", c.from, "lib")
		if err != nil || got.text != c.want {
			t.Errorf("%s: got %q (%v), want %q", c.name, got.text, err, c.want)
		}
	}
	if got, err := rewrite("x.go", `package p; import . "sync"; var mu Mutex`, "lib"); err != nil || got.kept == "" || got.text != "" {
		t.Errorf("a dot: got %+v, %v", got, err)
	}
}

// FuzzRewrite holds that a rewritten file is still one, has as many lines, and has nothing left to swap.
func FuzzRewrite(f *testing.F) {
	f.Add("package p\n\nimport (\n\t\"fmt\"\n\ts \"sync\"\n)\n\ntype T struct {\n\ts.Mutex\n\tm map[string]*s.RWMutex\n}\n\nfunc f(s s.Locker) { fmt.Print(s) }\n")
	f.Add("package p; import \"sync\"; func g[T sync.Mutex | sync.RWMutex](x T) { var sync = x; _ = sync }")
	f.Add("//go:build x\n\npackage /* a */ p /* b */\n\nimport \"C\"\nimport `sync`\nvar _ sync.Mutex")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := rewrite("x.go", text, "lib")
		if err != nil || got.text == "" {
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "x.go", got.text, 0); err != nil {
			t.Fatalf("no Go any more: %v\n%s", err, got.text)
		}
		if strings.Count(got.text, "\n") != strings.Count(text, "\n") {
			t.Fatalf("lines have moved:\n%s", got.text)
		}
		if again, err := rewrite("x.go", got.text, "lib"); err != nil || again.text != "" {
			t.Fatalf("something is left: %v\n%s", err, again.text)
		}
	})
}
