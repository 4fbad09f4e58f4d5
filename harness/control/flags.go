package control

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// userFlags are the build flags of the user, with those taken out that we must merge with ours.
type userFlags struct {
	rest    []string
	overlay string   // the value of the last -overlay
	gcflags []string // the values of all -gcflags, in order
	race    bool
}

// parseFlags sorts the flags in GOFLAGS and in the configuration. Those in GOFLAGS need not be repeated: the go command reads them itself.
func parseFlags(goflags string, flags []string) (userFlags, error) {
	var u userFlags
	words, err := splitWords(goflags)
	if err != nil {
		return u, fmt.Errorf("reading GOFLAGS: %w", err)
	}
	if err := u.add(words); err != nil {
		return u, err
	}
	u.rest = nil
	return u, u.add(flags)
}

// add sorts some flags.
func (u *userFlags) add(flags []string) error {
	for i := 0; i < len(flags); i++ {
		name, value, given := strings.Cut(flags[i], "=")
		name = "-" + strings.TrimLeft(name, "-")
		if (name == "-overlay" || name == "-gcflags") && !given {
			if i++; i == len(flags) {
				return fmt.Errorf("%s needs a value", name)
			}
			value = flags[i]
		}
		switch name {
		case "-overlay":
			u.overlay = value
		case "-gcflags":
			u.gcflags = append(u.gcflags, value)
		case "-race":
			u.race = value != "false" && value != "0"
		default:
			u.rest = append(u.rest, flags[i])
		}
	}
	return nil
}

// splitWords splits a text at blanks as the go command does with GOFLAGS: a word that begins with a quote ends with it.
func splitWords(s string) ([]string, error) {
	var words []string
	for {
		if s = strings.TrimLeft(s, " \t\r\n"); s == "" {
			return words, nil
		}
		if q := s[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return nil, fmt.Errorf("unterminated %c", q)
			}
			words, s = append(words, s[1:1+end]), s[2+end:]
			continue
		}
		end := strings.IndexAny(s, " \t\r\n")
		if end < 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
}

// mergeGcflags returns the flags that compile each package as the user wants, and as ours says besides. ours are lines "pattern=flags", the first for all
// packages, the others for exceptions from it. The go command takes the last -gcflags whose pattern matches, and only that.
func mergeGcflags(user, ours []string) []string {
	if len(ours) == 0 {
		var same []string
		for _, u := range user {
			same = append(same, "-gcflags="+u)
		}
		return same
	}
	_, all := cutPattern(ours[0])
	merged := []string{"-gcflags=" + ours[0]}
	for _, u := range user {
		merged = append(merged, "-gcflags="+strings.TrimSpace(u+" "+all))
	}
	for _, o := range ours[1:] {
		pattern, flags := cutPattern(o)
		merged = append(merged, "-gcflags="+pattern+"="+strings.TrimSpace(forStd(user, pattern)+" "+flags))
	}
	return merged
}

// forStd returns the user's flags for a pattern within std.
func forStd(user []string, pattern string) string {
	for _, u := range slices.Backward(user) {
		if p, flags := cutPattern(u); p == "all" || p == "std" || p == pattern {
			return flags
		}
	}
	return ""
}

// cutPattern splits the value of -gcflags. Without a pattern it concerns the packages that are named on the command line.
func cutPattern(value string) (pattern, flags string) {
	value = strings.TrimSpace(value)
	if strings.HasPrefix(value, "-") {
		return "", value
	}
	pattern, flags, _ = strings.Cut(value, "=")
	return strings.TrimSpace(pattern), strings.TrimSpace(flags)
}

// mergeOverlay returns the name of an overlay file that has the replacements of both: ours itself if the user has none, or a new file in temp. Names in the
// user's are relative to dir.
func mergeOverlay(ours, user, dir, temp string) (string, error) {
	if user == "" {
		return ours, nil
	}
	a, err := readOverlay(ours)
	if err != nil {
		return "", err
	}
	b, err := readOverlay(absolute(dir, user))
	if err != nil {
		return "", err
	}
	for from, to := range b.Replace {
		from = absolute(dir, from)
		if _, both := a.Replace[from]; both {
			return "", &Unsupported{Reason: "the overlay " + user + " replaces " + from + ", which must be changed to control the program"}
		}
		if to != "" { // no name means that the file is not there
			to = absolute(dir, to)
		}
		a.Replace[from] = to
	}
	content, _ := json.Marshal(a) // strings can always be written
	merged := filepath.Join(temp, overlayName)
	return merged, os.WriteFile(merged, content, 0o600)
}

// readOverlay reads a file for -overlay.
func readOverlay(name string) (o overlay, err error) {
	content, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(content, &o)
	}
	if err != nil {
		return o, fmt.Errorf("reading the overlay %s: %w", name, err)
	}
	return o, nil
}

// absolute returns a name that does not depend on the directory of this process. The go command runs in dir.
func absolute(dir, name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return filepath.Clean(name)
}
