// Package corpus checks that its directories hold what the README says: programs with a bug that is seeded, each beside its fix.
package corpus

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A program is a row of the table: what its tests say of it.
type program struct {
	name, class, kind, line string
}

func (p program) row() string {
	return fmt.Sprintf("| %s | %s | %s | %s |", p.name, p.class, p.kind, p.line)
}

var (
	want  = regexp.MustCompile(`^explore:want (race|deadlock|leak|panic|assertion|livelock)$`)
	also  = regexp.MustCompile(`^explore:also (race|deadlock|leak|panic|assertion|livelock)$`)
	names = regexp.MustCompile(`^Test([A-Z]\w*)(Bug|Fixed)$`)
)

// least is how many programs there are at least.
const least = 70

func TestIndex(t *testing.T) {
	programs := readPrograms(t)
	if len(programs) < least {
		t.Errorf("%d programs, want at least %d", len(programs), least)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := tableRows(string(readme))
	for _, p := range programs {
		if !slices.Contains(rows, p.row()) {
			t.Errorf("README.md lacks the row\n%s", p.row())
		}
	}
	if len(rows) != len(programs) {
		t.Errorf("README.md has %d rows for %d programs", len(rows), len(programs))
	}
}

// tableRows returns the rows of the table, without its head.
func tableRows(readme string) (rows []string) {
	for line := range strings.Lines(readme) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| NAME") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

// readPrograms returns the programs of all directories, and complains of those that are not complete.
func readPrograms(t *testing.T) (programs []program) {
	files, err := filepath.Glob("*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, file := range files {
		p := readProgram(t, file)
		if other, ok := seen[p.name]; ok {
			t.Errorf("%s and %s have the same name", file, other)
		}
		seen[p.name] = file
		if _, err := os.Stat(strings.TrimSuffix(file, "_test.go") + ".go"); err != nil {
			t.Error(err)
		}
		programs = append(programs, p)
	}
	return programs
}

// readProgram reads a test file, which has one test of a bug, and one of its fix.
func readProgram(t *testing.T, file string) program {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	p, twins := program{class: filepath.Dir(file)}, map[string]string{}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		m := names.FindStringSubmatch(f.Name.Name)
		if m == nil || twins[m[2]] != "" {
			t.Fatalf("%s: %s is not the one Bug or Fixed of a program", file, f.Name.Name)
		}
		twins[m[2]] = m[1]
		if m[2] == "Bug" {
			p.name = m[1]
			p.kind, p.line = readComment(t, f)
		}
	}
	if p.name == "" || twins["Fixed"] != p.name || strings.ToLower(p.name)+"_test.go" != filepath.Base(file) {
		t.Errorf("%s: bug %q, fix %q, and the file is to be named after them", file, p.name, twins["Fixed"])
	}
	return p
}

// readComment returns the kind of a bug, with those that may be found in its place, and what is said of it.
func readComment(t *testing.T, f *ast.FuncDecl) (kind, line string) {
	lines := strings.Split(strings.TrimSpace(f.Doc.Text()), "\n")
	m := want.FindStringSubmatch(lines[0])
	if m == nil {
		t.Errorf("%s: the comment begins with %q, not with explore:want KIND", f.Name.Name, lines[0])
		return "", ""
	}
	kind, lines = m[1], lines[1:]
	for len(lines) > 0 {
		if m = also.FindStringSubmatch(lines[0]); m == nil {
			break
		}
		kind, lines = kind+", "+m[1], lines[1:]
	}
	if len(lines) == 0 {
		t.Errorf("%s: the comment does not say what goes wrong", f.Name.Name)
	}
	return kind, strings.Join(lines, " ")
}
