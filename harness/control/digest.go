package control

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// digest returns a hash of a declaration that changes with anything that the compiler sees: its tokens and its //go: directives. Other comments and
// layout do not count. It is made of tokens and not of what go/printer prints, because that may differ from one Go version to the next.
func (s *source) digest(target string) (string, error) {
	where, err := s.find(target)
	if err != nil {
		return "", err
	}
	text := []byte(s.text[where.from:where.to])
	var sc scanner.Scanner
	sc.Init(token.NewFileSet().AddFile(s.name, -1, len(text)), text, nil, scanner.ScanComments)
	h := sha256.New()
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if tok == token.COMMENT && !strings.HasPrefix(lit, "//go:") {
			continue
		}
		if tok == token.SEMICOLON {
			lit = ";" // written or not
		}
		fmt.Fprintf(h, "%s %s\n", tok, lit)
	}
}

// A declaration is what a digest is of.
type declaration struct{ file, target string }

// String is "runtime/proc.go func runqget".
func (d declaration) String() string { return d.file + " " + d.target }

// digests returns the digests of all declarations that edits change.
func digests(sources map[string]*source, edits []edit) (map[declaration]string, error) {
	found := map[declaration]string{}
	for _, e := range edits {
		d, err := sources[e.file].digest(e.target)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.where, err)
		}
		found[declaration{e.file, e.target}] = d
	}
	return found, nil
}

// known are the digests that were checked, per declaration: one for each text that a patch release may have.
type known map[declaration][]string

// digestFile is where the digests of a minor version are kept.
func digestFile(minor string) string { return "digests/" + minor + ".txt" }

// readKnown reads the digests of a minor version. A version without a file has none.
func readKnown(std fs.FS, minor string) (known, error) {
	text, err := fs.ReadFile(std, digestFile(minor))
	if err != nil {
		return known{}, nil // so that every declaration is reported as unknown
	}
	k := known{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		left, hash, ok := cutLast(line)
		file, target, ok2 := strings.Cut(left, " ")
		if !ok || !ok2 {
			return nil, fmt.Errorf("%s: %q is no line of digests", digestFile(minor), line)
		}
		d := declaration{file, target}
		k[d] = append(k[d], hash)
	}
	return k, nil
}

// cutLast cuts a line in front of its last word.
func cutLast(line string) (left, last string, ok bool) {
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return line, "", false
	}
	return line[:i], line[i+1:], true
}

// String writes digests as a file holds them.
func (k known) String() string {
	var b strings.Builder
	b.WriteString("# Declarations of std that edits change, as they were when the edits were checked: file, declaration, sha256 of tokens and directives.\n")
	b.WriteString("# Written by: go test ./harness/control -run TestDigests -update\n")
	for _, d := range slices.SortedFunc(maps.Keys(k), func(a, b declaration) int { return strings.Compare(a.String(), b.String()) }) {
		for _, hash := range slices.Sorted(slices.Values(k[d])) {
			fmt.Fprintf(&b, "%s %s\n", d, hash)
		}
	}
	return b.String()
}

// unknown returns a line for each declaration whose digest was not checked.
func (k known) unknown(found map[declaration]string, version string) []string {
	var lines []string
	for d, hash := range found {
		if !slices.Contains(k[d], hash) {
			lines = append(lines, fmt.Sprintf("%s of %s differs from what was checked", d, version))
		}
	}
	slices.Sort(lines)
	return lines
}
