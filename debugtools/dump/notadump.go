package dump

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// NotADump is the error of Read for what is no goroutine dump.
type NotADump struct {
	// Looks says in a few words what it looks like instead: "an execution trace".
	Looks string
	// Hint is one line that says what to do with it, or empty.
	Hint string
}

// Error returns one line.
func (e *NotADump) Error() string { return "not a goroutine dump: it looks like " + e.Looks }

// A look is how something begins that people mistake for a dump, or give to the wrong tool.
type look struct{ begins, looks, hint string }

// magics are the beginnings of what is not text.
var magics = []look{
	{"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it first: zstd -dc FILE | harness dump -"},
	{"\xfd7zXZ\x00", "an xz archive", "unpack it first: xz -dc FILE | harness dump -"},
	{"BZh", "a bzip2 archive", "unpack it first: bzip2 -dc FILE | harness dump -"},
	{"PK\x03\x04", "a zip archive", "unpack it first"},
	{"\x04\x22\x4d\x18", "an lz4 archive", "unpack it first: lz4 -dc FILE | harness dump -"},
	{"go1.7 heap dump\n", "a heap dump of runtime/debug.WriteHeapDump", ""},
	{"\xcf\xfa\xed\xfe", "a Mach-O program or core", ""},
	{"MZ", "a Windows program", ""},
	{"MDMP", "a Windows minidump", ""},
	{"JAVA PROFILE 1.0.", "a Java heap dump", ""},
}

// beginnings are the beginnings of texts.
var beginnings = []look{
	{"heap profile: ", "a heap profile (debug=1)", "goroutines are at /debug/pprof/goroutine?debug=2"},
	{"--- contention:", "a block profile (debug=1)", "goroutines are at /debug/pprof/goroutine?debug=2"},
	{"--- mutex:", "a mutex profile (debug=1)", "goroutines are at /debug/pprof/goroutine?debug=2"},
	{"threadcreate profile: ", "a threadcreate profile (debug=1)", "goroutines are at /debug/pprof/goroutine?debug=2"},
	{"<!DOCTYPE", "HTML", "a dump is at /debug/pprof/goroutine?debug=2"},
	{"<html", "HTML", "a dump is at /debug/pprof/goroutine?debug=2"},
	{"<?xml", "XML", ""},
	{"HTTP/1.", "an HTTP response with its headers", "store only its body"},
	{"404 page not found", "an HTTP error: 404 page not found", "import net/http/pprof, or ask the path /debug/pprof/goroutine?debug=2"},
	{"mode: set", "a coverage profile", ""},
	{"mode: count", "a coverage profile", ""},
	{"mode: atomic", "a coverage profile", ""},
}

// insides are what stands somewhere in the beginning of texts of other tools.
var insides = []look{
	{`"Action":"`, "the events of go test -json", "go test without -json prints the dump as text"},
	{"Full thread dump", "a Java thread dump", ""},
	{"Traceback (most recent call last)", "a Python traceback", ""},
	{"(most recent call first)", "a Python faulthandler dump", ""},
	{"' panicked at ", "a Rust panic", ""},
	{"at Object.<anonymous>", "a stack of Node.js", ""},
	{"Goroutine 1 - User: ", "the output of Delve's goroutines command", "ask the process for a dump instead: kill -QUIT, or /debug/pprof/goroutine?debug=2"},
	{"SCHED ", "the output of GODEBUG=schedtrace", ""},
}

// recognise says what an input is that holds no goroutines, from its beginning.
func recognise(head []byte) *NotADump {
	text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n")
	switch {
	case len(head) == 0:
		return &NotADump{Looks: "an empty file"}
	case text == "":
		return &NotADump{Looks: "a file of blanks"}
	case strings.HasPrefix(text, "\x7fELF"):
		return &NotADump{Looks: elf(head), Hint: "a dump is text: kill -QUIT the process, or read /debug/pprof/goroutine?debug=2"}
	case strings.HasPrefix(text, "go 1.") && strings.Contains(text[:min(len(text), 16)], " trace\x00"):
		return &NotADump{Looks: "an execution trace", Hint: "read it with go tool trace"}
	}
	if found := begin(magics, string(head)); found != nil {
		return found
	}
	if bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head[:len(head)-partialRune(head)]) {
		return &NotADump{Looks: "binary data"}
	}
	return recogniseText(text)
}

// recogniseText is recognise for text without blanks at its beginning.
func recogniseText(text string) *NotADump {
	if found := begin(beginnings, text); found != nil {
		return found
	}
	for _, l := range insides {
		if strings.Contains(text, l.begins) {
			return &NotADump{Looks: l.looks, Hint: l.hint}
		}
	}
	switch {
	case text[0] == '{' || text[0] == '[' && len(text) > 1 && strings.ContainsRune("{[\"]\n\r ", rune(text[1])):
		return &NotADump{Looks: "JSON"}
	case strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: "):
		return &NotADump{Looks: "the message of a crash without the stacks", Hint: "set GOTRACEBACK=all, or look for where the rest went"}
	}
	return &NotADump{Looks: "text without goroutines"}
}

// begin returns the look that a text has, or nil.
func begin(looks []look, text string) *NotADump {
	for _, l := range looks {
		if strings.HasPrefix(text, l.begins) {
			return &NotADump{Looks: l.looks, Hint: l.hint}
		}
	}
	return nil
}

// elf says whether an ELF file is a core or a program, by its e_type.
func elf(head []byte) string {
	if len(head) > 17 && (head[16] == 4 || head[17] == 4) {
		return "a core file"
	}
	return "a program (ELF)"
}

// partialRune returns how many bytes at the end of a text are the beginning of a rune that is cut.
func partialRune(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
