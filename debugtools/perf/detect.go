package perf

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ErrUnknown is wrapped by the error of a file that is neither a trace nor a profile; the error says what it looks like instead.
var ErrUnknown = errors.New("neither an execution trace nor a profile")

// Read reads a trace or a profile, packed by gzip or not: whichever it is by its content. One of trace and profile is nil. Errors wrap [ErrNotTrace],
// [ErrNotProfile] or [ErrUnknown], or are those of r.
func Read(r io.Reader) (trace *Trace, profile *Profile, err error) {
	br := bufio.NewReaderSize(r, 1<<16)
	head, err := br.Peek(4096)
	if len(head) == 0 && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if isTrace(unpacked(head)) {
		plain, err := maybeUnpack(br, head)
		if err != nil {
			return nil, nil, err
		}
		trace, err = ReadTrace(plain)
		return trace, nil, err
	}
	if other := looksLike(head); other != "" {
		return nil, nil, fmt.Errorf("%w: it looks like %s", ErrUnknown, other)
	}
	profile, err = ReadProfile(br)
	return nil, profile, err
}

// isTrace reports whether something begins as a trace.
func isTrace(head []byte) bool {
	rest, ok := bytes.CutPrefix(head, []byte(traceMagic))
	return ok && bytes.Contains(rest[:min(len(rest), 16)], []byte(" trace\x00"))
}

// maybeUnpack returns a reader of what is in gzip, or of what is not.
func maybeUnpack(r io.Reader, head []byte) (io.Reader, error) {
	if isTrace(head) {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotTrace, firstLine(err.Error()))
	}
	return z, nil
}

// unpacked returns the beginning of what is in gzip, as far as the packed beginning goes, or the beginning itself.
func unpacked(head []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return head
	}
	plain := make([]byte, 64)
	n, _ := io.ReadFull(z, plain)
	return plain[:n]
}

// looksLike names files that people have beside profiles, or is empty.
func looksLike(head []byte) string {
	text := string(head)
	switch {
	case len(head) == 0:
		return "an empty file"
	case strings.Contains(text, "goroutine profile: total ") || strings.Contains(text, "goroutine ") && strings.Contains(text, "]:\n"):
		return "a goroutine dump: harness dump reads those"
	case strings.HasPrefix(text, "go1.7 heap dump\n"):
		return "a heap dump"
	case strings.HasPrefix(text, "Benchmark") || strings.HasPrefix(text, "goos: ") || strings.Contains(text, "\nBenchmark"):
		return "results of benchmarks: harness bench compares those"
	case strings.HasPrefix(text, "mode: "):
		return "a coverage profile"
	case strings.HasPrefix(text, "--- "):
		return "a profile as text (debug=1): take it without ?debug="
	case isText(text):
		return "some other text"
	}
	return ""
}

// isText reports whether a beginning holds nothing but text.
func isText(head string) bool {
	return !strings.ContainsFunc(head[:min(len(head), 256)], func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == utf8.RuneError })
}
