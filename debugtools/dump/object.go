package dump

import (
	"strconv"
	"strings"
)

// parseObject reads an owner line: "[waits: KIND 0xADDR owner=N count=N op=send cap=N closed=1 at=FUNC FILE:LINE]", after its opening word.
func parseObject(line, opening string) (o Object, ok bool) {
	text, ok := strings.CutPrefix(line, opening)
	text, closed := strings.CutSuffix(text, "]")
	if !ok || !closed {
		return Object{}, false
	}
	text, o.At, _ = strings.Cut(text, " at=")
	words := strings.Fields(text)
	if len(words) < 2 {
		return Object{}, false
	}
	o.Kind = words[0]
	var err error
	if o.Addr, err = strconv.ParseUint(words[1], 0, 64); err != nil {
		return Object{}, false
	}
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		if name == "op" {
			o.Op = value
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return Object{}, false
		}
		switch name {
		case "owner":
			o.Owner = n
		case "count":
			o.Count = n
		case "cap":
			o.Cap = n
		case "closed":
			o.Closed = n != 0
		}
	}
	return o, true
}
