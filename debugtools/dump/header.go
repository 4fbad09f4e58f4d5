package dump

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// A header is the first line of a goroutine.
type header struct {
	id      int64
	pointer bool // it has gp= and m=: see FormQuit
	remarks *remarks
}

// remarks are what stands behind the number: in brackets, and since Go 1.27 the labels behind them. Thousands of goroutines have the
// same, so that every text is read once.
type remarks struct {
	state   string
	minutes int
	flags   Flags
	bubble  int64
	labels  []Label
}

// maxRemarks bounds how many texts of remarks are remembered.
const maxRemarks = 1 << 16

// A headers reads headers.
type headers struct {
	known  map[string]*remarks
	states map[string]string
	labels map[string][]Label
	last   *remarks // those of the last header, and their text
	text   []byte
}

// newHeaders returns a reader of headers that has seen none.
func newHeaders() *headers {
	return &headers{known: map[string]*remarks{}, states: map[string]string{}, labels: map[string][]Label{}}
}

// start is what a header begins with.
const start = "goroutine "

// parse reads "goroutine 19 gp=0xc0 m=2 mp=0xc1 [chan receive, 2 minutes, locked to thread]:". It reports false if the line is no header.
func (h *headers) parse(line []byte) (head header, ok bool) {
	if len(line) < len(start)+5 || string(line[:len(start)]) != start || line[len(line)-1] != ':' {
		return header{}, false
	}
	i := len(start)
	for ; i < len(line) && digit(line[i]) && i < len(start)+19; i++ {
		head.id = head.id*10 + int64(line[i]-'0')
	}
	if i == len(start) || line[i] != ' ' {
		return header{}, false
	}
	rest := line[i+1:]
	if rest[0] != '[' {
		if rest, ok = pointers(rest); !ok {
			return header{}, false
		}
		head.pointer = true
	}
	head.remarks, ok = h.remarks(rest)
	return head, ok
}

// pointers skips "gp=0xc0 m=2 mp=0xc1 ".
func pointers(text []byte) (rest []byte, ok bool) {
	for i := 0; i < 3 && len(text) > 0 && text[0] != '['; i++ {
		word, after, found := bytes.Cut(text, []byte(" "))
		name, _, assigned := bytes.Cut(word, []byte("="))
		if !found || !assigned || !slices.Contains([]string{"gp", "m", "mp"}, string(name)) {
			return nil, false
		}
		text = after
	}
	return text, len(text) > 0 && text[0] == '['
}

// remarks reads the rest of a header, from its bracket on.
func (h *headers) remarks(text []byte) (*remarks, bool) {
	if h.last != nil && bytes.Equal(h.text, text) {
		return h.last, true
	}
	r, ok := h.known[string(text)]
	if !ok {
		if r, ok = h.parseRemarks(string(text)); !ok {
			return nil, false
		}
		if len(h.known) >= maxRemarks {
			clear(h.known)
		}
		h.known[string(text)] = r
	}
	h.last, h.text = r, append(h.text[:0], text...)
	return r, true
}

// parseRemarks reads "[state (leaked) (scan) (durable), 5 minutes, locked to thread, synctest bubble 3 labels:{...}]:" of Go 1.26, and
// "[...] {...}:" of Go 1.27.
func (h *headers) parseRemarks(text string) (*remarks, bool) {
	end := strings.IndexByte(text, ']')
	if at := strings.Index(text, " labels:{"); at >= 0 && at < end {
		end = at
	}
	if end < 0 {
		return nil, false
	}
	r := &remarks{}
	inside, behind := text[1:end], text[end:]
	labels, ok := labelText(behind)
	if !ok {
		return nil, false
	}
	if labels != "" {
		if r.labels, ok = h.internLabels(labels); !ok {
			return nil, false
		}
	}
	parts := strings.Split(inside, ", ")
	state, flags := stateFlags(parts[0])
	r.state, r.flags = h.intern(state), flags
	for _, part := range parts[1:] {
		if !r.remark(part) {
			return nil, false
		}
	}
	return r, true
}

// labelText returns the labels with their braces in what stands behind the remarks, or nothing.
func labelText(behind string) (labels string, ok bool) {
	if behind == "]:" {
		return "", true
	}
	labels, ok = strings.CutPrefix(behind, " labels:")
	if ok {
		return strings.CutSuffix(labels, "]:")
	}
	if labels, ok = strings.CutPrefix(behind, "] "); ok {
		return strings.CutSuffix(labels, ":")
	}
	return "", false
}

// remark reads one remark behind the state.
func (r *remarks) remark(text string) bool {
	if text == "locked to thread" {
		r.flags |= Locked
		return true
	}
	if n, ok := strings.CutPrefix(text, "synctest bubble "); ok {
		bubble, err := strconv.ParseInt(n, 10, 64)
		r.bubble = bubble
		return err == nil
	}
	n, ok := strings.CutSuffix(text, " minutes")
	minutes, err := strconv.Atoi(n)
	r.minutes = minutes
	return ok && err == nil && minutes >= 0
}

// marks are remarks that stand behind a state without a comma.
var marks = []struct {
	text string
	flag Flags
}{{" (leaked)", Leaked}, {" (scan)", Scan}, {" (durable)", Durable}}

// stateFlags takes the marks from a state.
func stateFlags(text string) (state string, flags Flags) {
	for again := true; again; {
		again = false
		for _, m := range marks {
			if rest, ok := strings.CutSuffix(text, m.text); ok {
				text, flags, again = rest, flags|m.flag, true
			}
		}
	}
	return text, flags
}

// intern returns the one copy of a state.
func (h *headers) intern(state string) string {
	if known, ok := h.states[state]; ok {
		return known
	}
	h.states[state] = state
	return state
}

// internLabels returns the one copy of labels.
func (h *headers) internLabels(text string) ([]Label, bool) {
	if known, ok := h.labels[text]; ok {
		return known, true
	}
	labels, ok := parseLabels(text)
	if ok {
		h.labels[text] = labels
	}
	return labels, ok
}

// parseLabels reads {"key": "value", key: value}: quoted as Go quotes strings, or bare letters, digits, '.', '/' and '_'. It returns
// the labels sorted by key.
func parseLabels(text string) ([]Label, bool) {
	text, ok := strings.CutPrefix(text, "{")
	var labels []Label
	for ok && text != "}" {
		var l Label
		if l.Key, text, ok = labelWord(text); !ok {
			break
		}
		text, ok = strings.CutPrefix(text, ":")
		text = strings.TrimPrefix(text, " ")
		if !ok {
			break
		}
		if l.Value, text, ok = labelWord(text); !ok {
			break
		}
		labels = append(labels, l)
		if rest, more := strings.CutPrefix(text, ", "); more {
			text = rest
		} else {
			ok = text == "}"
		}
	}
	slices.SortStableFunc(labels, func(a, b Label) int { return strings.Compare(a.Key, b.Key) })
	return labels, ok
}

// labelWord reads a key or value at the beginning of a text.
func labelWord(text string) (word, rest string, ok bool) {
	if strings.HasPrefix(text, `"`) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", false
		}
		word, err = strconv.Unquote(quoted)
		return word, text[len(quoted):], err == nil
	}
	i := strings.IndexAny(text, ":,}")
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i:], true
}

// parseLeak reads the header that package goleak prints: "[Goroutine 7 in state chan receive, with main.f on top of the stack:".
func (h *headers) parseLeak(line []byte) (head header, ok bool) {
	text := string(bytes.TrimLeft(line, "[ "))
	text, ok = strings.CutPrefix(text, leakStart)
	id, text, found := strings.Cut(text, leakState)
	end := strings.LastIndex(text, ", with ")
	if !ok || !found || end < 0 {
		return header{}, false
	}
	var err error
	if head.id, err = strconv.ParseInt(id, 10, 64); err != nil {
		return header{}, false
	}
	head.remarks, ok = h.remarks([]byte("[" + text[:end] + "]:"))
	return head, ok
}

const (
	leakStart = "Goroutine "
	leakState = " in state "
)

// A mark says what begins in a line.
type mark int

const (
	markHeader mark = iota
	markLeak        // goleak's header
	markRace        // a race report
)

// raceHeader starts a report of the race detector.
const raceHeader = "WARNING: DATA RACE"

// marker returns where something begins in a line that may have more in front of it, or -1.
func marker(line []byte) (at int, what mark) {
	if len(line) == 0 {
		return -1, 0
	}
	if line[len(line)-1] == ':' {
		if i := bytes.Index(line, []byte(start)); i >= 0 && headerLike(line[i+len(start):]) {
			return i, markHeader
		}
		if i := bytes.Index(line, []byte(leakStart)); i >= 0 && bytes.Contains(line[i:], []byte(leakState)) {
			if i > 0 && (line[i-1] == '[' || line[i-1] == ' ') {
				i--
			}
			return i, markLeak
		}
	}
	return bytes.Index(line, []byte(raceHeader)), markRace
}

// headerLike reports whether what stands behind "goroutine " looks like the rest of a header.
func headerLike(rest []byte) bool {
	n := bytes.IndexByte(rest, ' ')
	return n > 0 && digit(rest[0]) && bytes.IndexByte(rest[n:], '[') > 0 && bytes.IndexByte(rest, ']') > 0
}
