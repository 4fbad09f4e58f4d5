package control

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// An edit changes one place of one declaration of a file of std.
type edit struct {
	where    string // file and line of the edit itself, for messages
	file     string // of std, below src: runtime/proc.go
	target   string // the declaration: "func runqget", "func (*Mutex).Lock", "decl sched", "top"
	action   string // after, before or replace
	anchor   string // the text that is looked for
	text     string // the text that is inserted, or put in its place
	versions []string
}

// covers reports whether an edit or an added file is meant for a minor version. No versions mean all.
func covers(versions []string, minor string) bool {
	return len(versions) == 0 || slices.Contains(versions, minor)
}

// readEdits returns the edits for a minor version, in the order of the names of their files.
func readEdits(std fs.FS, minor string) ([]edit, error) {
	names, err := fs.Glob(std, "edits/*.edit")
	if err != nil {
		return nil, err
	}
	var all []edit
	for _, name := range names {
		text, err := fs.ReadFile(std, name)
		if err != nil {
			return nil, err
		}
		list, err := parseEdits(path.Base(name), string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return slices.DeleteFunc(all, func(e edit) bool { return !covers(e.versions, minor) }), nil
}

// An editParser reads one .edit file. file, target and versions stay in force until they are given again.
type editParser struct {
	name  string
	lines []string
	next  int // the line to read
	now   edit
	fresh bool // no edit has been read since the target was given, so that versions concern all edits of this target
	edits []edit
}

// parseEdits reads the text of a .edit file:
//
//	# a comment
//	file runtime/proc.go
//	func runqget              or: func (*Mutex).Lock, decl NAME (of a var, const or type), top (down to the last import)
//	after                     or: before, replace
//	<<<
//	the anchor, which stands exactly once in this declaration
//	===
//	the text to insert, or to put in its place
//	>>>
//	versions go1.26           of the edit above or, between the target and its first edit, of all edits of the target
//
// The first and the last newline of anchor and text are not part of them. What "after" and "before" insert is on lines of its own.
func parseEdits(name, text string) ([]edit, error) {
	p := &editParser{name: name, lines: strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")}
	for p.next < len(p.lines) {
		at := p.where()
		if err := p.statement(); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
	}
	return p.edits, nil
}

// where returns the place of the next line.
func (p *editParser) where() string { return fmt.Sprintf("%s:%d", p.name, p.next+1) }

// statement reads one line, with the block that belongs to it.
func (p *editParser) statement() error {
	line := strings.TrimSpace(p.lines[p.next])
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	at := p.where()
	p.next++
	switch word {
	case "", "#":
		return nil
	case "file":
		p.now, p.fresh = edit{file: rest}, true
		return nil
	case "func", "decl", "top":
		p.now, p.fresh = edit{file: p.now.file, target: strings.TrimSpace(word + " " + rest)}, true
		return nil
	case "versions":
		return p.setVersions(strings.Fields(rest))
	case "after", "before", "replace":
		p.now.where, p.now.action = at, word
		return p.block()
	}
	if strings.HasPrefix(word, "#") {
		return nil
	}
	return fmt.Errorf("%q is no statement of an edit", line)
}

// setVersions limits what came before, or what comes.
func (p *editParser) setVersions(versions []string) error {
	switch {
	case p.fresh:
		p.now.versions = versions
	case len(p.edits) > 0:
		p.edits[len(p.edits)-1].versions = versions
	default:
		return errors.New("versions needs a target or an edit above it")
	}
	return nil
}

// block reads anchor and text.
func (p *editParser) block() error {
	if p.now.file == "" || p.now.target == "" {
		return errors.New("an edit needs a file and a func, decl or top above it")
	}
	if p.next >= len(p.lines) || strings.TrimSpace(p.lines[p.next]) != "<<<" {
		return errors.New("<<< is missing")
	}
	p.next++
	e := p.now
	var err error
	if e.anchor, err = p.until("==="); err != nil {
		return err
	}
	if e.text, err = p.until(">>>"); err != nil {
		return err
	}
	if strings.TrimSpace(e.anchor) == "" {
		return errors.New("the anchor is empty")
	}
	p.edits, p.fresh = append(p.edits, e), false
	return nil
}

// until returns the lines up to a mark, and passes it.
func (p *editParser) until(mark string) (string, error) {
	for i := p.next; i < len(p.lines); i++ {
		if p.lines[i] == mark {
			text := strings.Join(p.lines[p.next:i], "\n")
			p.next = i + 1
			return text, nil
		}
	}
	return "", fmt.Errorf("%s is missing", mark)
}
