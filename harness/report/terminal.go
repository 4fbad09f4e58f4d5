package report

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// A Mode is the answer to "shall it be used?".
type Mode string

// The modes of colour and of the live line.
const (
	// Auto decides by what is known of the output.
	Auto Mode = "auto"
	// Always and Never decide themselves.
	Always Mode = "always"
	Never  Mode = "never"
)

// ParseMode reads a mode.
func ParseMode(text string) (Mode, error) {
	switch m := Mode(text); m {
	case Auto, Always, Never:
		return m, nil
	}
	return "", fmt.Errorf("%q: want auto, always or never", text)
}

// Set is [ParseMode]. With String and Type it makes a *Mode a value for the flags of pflag and cobra.
func (m *Mode) Set(text string) (err error) {
	*m, err = ParseMode(text)
	return err
}

// String returns the mode; the zero value is auto.
func (m Mode) String() string {
	if m == "" {
		return string(Auto)
	}
	return string(m)
}

// Type names the type in the help of a command.
func (m *Mode) Type() string { return "auto|always|never" }

// Colour reports whether to colour an output: in mode auto, if it is a terminal, NO_COLOR is empty or not set, and TERM is not "dumb".
func (m Mode) Colour(terminal bool, getenv func(string) string) bool {
	switch m {
	case Always:
		return true
	case Never:
		return false
	}
	return terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// Progress reports whether to draw a live line rather than a line now and then: in mode auto, if standard error is a terminal that is
// not dumb.
func (m Mode) Progress(terminal bool, getenv func(string) string) bool {
	switch m {
	case Always:
		return true
	case Never:
		return false
	}
	return terminal && getenv("TERM") != "dumb"
}

// IsTerminal reports whether a file, or whatever else was opened, is a terminal. It asks the system; /dev/null is none.
func IsTerminal(f any) bool {
	fd, ok := descriptor(f)
	return ok && term.IsTerminal(fd)
}

// Width returns the number of columns of a terminal, or otherwise if it is none.
func Width(f any, otherwise int) int {
	if fd, ok := descriptor(f); ok {
		if w, _, err := term.GetSize(fd); err == nil && w > 0 {
			return w
		}
	}
	return otherwise
}

// descriptor returns the file descriptor of something that has one, such as an *os.File.
func descriptor(f any) (int, bool) {
	if d, ok := f.(interface{ Fd() uintptr }); ok {
		return int(d.Fd()), true
	}
	return 0, false
}

// clean drops what could confuse a terminal or an XML reader: control characters but tabs and newlines, and broken UTF-8. Targets print
// what they like.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// line returns a text as one clean line.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}
