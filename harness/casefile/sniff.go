package casefile

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A kind of file that people confuse with a case.
type foreign struct {
	prefix, name, hint string
}

// strangers are recognised by their first bytes, the first that fits.
var strangers = []foreign{
	{"{", "JSON", "is it the report of a run?"},
	{"[", "JSON", ""},
	{"\x7fELF", "an ELF program", ""},
	{"MZ", "a Windows program", ""},
	{"\xcf\xfa\xed\xfe", "a macOS program", ""},
	{"\x1f\x8b", "gzip", "unpack it first"},
	{"PK\x03\x04", "a zip archive", "unpack it first"},
	{"\xff\xfe", "UTF-16 text", "save it as UTF-8"},
	{"\xfe\xff", "UTF-16 text", "save it as UTF-8"},
	{"<<<<<<<", "a file with merge conflicts", "resolve them first"},
	{"<", "XML or HTML", ""},
	{"package ", "Go source", ""},
	{"//", "Go source", ""},
	{"go test fuzz v", "a Go fuzz corpus entry", "go test reads it"},
	{"go 1.", "a Go execution trace", "go tool trace reads it"},
	{"goroutine ", "a goroutine dump", "harness dump reads it"},
	{"panic: ", "a goroutine dump", "harness dump reads it"},
	{"fatal error: ", "a goroutine dump", "harness dump reads it"},
	{"WARNING: DATA RACE", "a race report", ""},
	{"==================\nWARNING: DATA RACE", "a race report", ""},
	{"--- FAIL", "the output of go test", ""},
	{"#!", "a script", ""},
	{"version https://git-lfs", "a Git LFS pointer", "git lfs pull fetches the file"},
}

// sniff says what a file that is not a case looks like, and what to do with it.
func sniff(data []byte) (text, hint string) {
	start := bytes.TrimLeft(data, " \t\r\n")
	for _, s := range strangers {
		if bytes.HasPrefix(start, []byte(s.prefix)) {
			return "looks like " + s.name, s.hint
		}
	}
	first, _, _ := bytes.Cut(start, []byte("\n"))
	if !utf8.Valid(first) || bytes.IndexByte(first, 0) >= 0 {
		return "looks like binary data", ""
	}
	return fmt.Sprintf("it starts with %s", short(string(first))), fmt.Sprintf("a case starts with %q", magic+"1")
}
