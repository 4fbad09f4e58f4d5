package habits

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A command is one line of a document that the reader is told to type, with its place.
type command struct {
	file string
	line int
	args []string // without "harness"
}

// prompt matches a line of an example that types the command, by its name or from the source tree.
var prompt = regexp.MustCompile(`^\s*\$ (?:harness|go run \./harness/cmd/harness) (.*)`)

// commands returns what a document's examples, fenced by ``` or indented by four blanks, tell the reader to type behind "$ harness".
func commands(name string, text []byte) []command {
	var list []command
	fenced := false
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
			continue
		}
		if m := prompt.FindStringSubmatch(line); m != nil && (fenced || strings.HasPrefix(line, "    ")) {
			list = append(list, command{name, i + 1, shellWords(m[1])})
		}
	}
	return list
}

// shellWords returns the words of a command in front of what concerns only the shell: comments, redirections and pipes. Quotes are taken off; blanks
// inside of them are not understood.
func shellWords(line string) []string {
	var words []string
	for _, w := range strings.Fields(line) {
		if strings.ContainsRune("#|>&;", rune(w[0])) || strings.HasPrefix(w, "2>") {
			break
		}
		words = append(words, strings.Trim(w, `'"`))
	}
	return words
}

// links matches the targets of links in markdown.
var links = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// deadLinks returns the links of a document to files that do not exist. Links to other sites are not followed: a test that needs the network fails
// when somebody else's server does.
func deadLinks(name string, text []byte, exists func(string) bool) []string {
	var dead []string
	for _, m := range links.FindAllSubmatch(text, -1) {
		file, _, _ := strings.Cut(string(m[1]), "#")
		if file == "" || strings.Contains(file, ":") {
			continue
		}
		if !exists(path.Join(path.Dir(name), file)) {
			dead = append(dead, name+": the link to "+file+" leads nowhere")
		}
	}
	return dead
}

// promised are the documents that the project always has.
var promised = []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"}

func TestPromisedDocuments(t *testing.T) {
	for _, name := range promised {
		if _, err := os.Stat(filepath.Join(root(), name)); err != nil {
			t.Error(err)
		}
	}
}

// TestArchitectureIsComplete: the page that says what the packages are says it of every one. Targets are listed by the catalogue instead.
func TestArchitectureIsComplete(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root(), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		dir := s.dir()
		if seen[dir] || within(path.Dir(dir), "targets") {
			continue
		}
		seen[dir] = true
		if !strings.Contains(string(page), "\n| "+dir+" |") {
			t.Errorf("ARCHITECTURE.md has no line for %s in its table of packages", dir)
		}
	}
}

func TestLinks(t *testing.T) {
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(root(), filepath.FromSlash(name)))
		return err == nil
	}
	err := texts(func(name string, text []byte) {
		if path.Ext(name) != ".md" {
			return
		}
		for _, complaint := range deadLinks(name, text, exists) {
			t.Error(complaint)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDocsSeeded(t *testing.T) {
	text := []byte("[a](b.md#part) [c](https://example.org) [d](#e) [f](gone.md)\n\n```\n$ harness stress lockfree --for 1s | tee log # a row\n$ go test\n```\n$ harness no\n\n    $ go run ./harness/cmd/harness stress 'a#b' 2>log\n")
	dead := deadLinks("doc/README.md", text, func(name string) bool { return name == "doc/b.md" })
	if len(dead) != 1 || !strings.Contains(dead[0], "gone.md") {
		t.Errorf("dead links: %q", dead)
	}
	list := commands("README.md", text)
	if len(list) != 2 || strings.Join(list[0].args, " ") != "stress lockfree --for 1s" || list[0].line != 4 || strings.Join(list[1].args, " ") != "stress a#b" {
		t.Errorf("commands: %+v", list)
	}
}
