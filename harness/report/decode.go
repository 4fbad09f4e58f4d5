package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// ErrSchema is the reason of an error about events of a later version.
var ErrSchema = errors.New("unknown schema")

// MaxLine is the longest line that [Decode] reads, in bytes.
const MaxLine = 16 << 20

// A LineError says which line of a stream is not an event, and why.
type LineError struct {
	// Line counts from 1.
	Line int
	// Text is the line, without its end; long lines are cut.
	Text string
	Err  error
}

// Error returns the number, the reason and the start of the line.
func (e *LineError) Error() string {
	text := e.Text
	if len(text) > 60 {
		text = text[:60] + "..."
	}
	return fmt.Sprintf("line %d: %v: %q", e.Line, e.Err, text)
}

// Unwrap returns the reason.
func (e *LineError) Unwrap() error { return e.Err }

// Decode yields the events of a JSON stream as they arrive. Fields and kinds that this version does not know are no errors; events of an
// unknown kind are yielded, and the sinks of this package pass over them.
//
// A line that is no event is yielded as a *[LineError], and reading goes on if the caller does: other output may have come between the
// events. An error of the reader, a later schema, and a line longer than [MaxLine] are the last that is yielded.
func Decode(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, MaxLine)
		n := 0
		for lines.Scan() {
			n++
			line := bytes.TrimSpace(lines.Bytes())
			if len(line) == 0 {
				continue
			}
			e, err := decodeLine(line)
			if err != nil {
				err = &LineError{Line: n, Text: string(line[:min(len(line), 1000)]), Err: err}
			}
			if !yield(e, err) || errors.Is(err, ErrSchema) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Event{}, &LineError{Line: n + 1, Err: err})
		}
	}
}

// decodeLine reads one event.
func decodeLine(line []byte) (Event, error) {
	if line[0] != '{' {
		return Event{}, errors.New("no JSON object")
	}
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, err
	}
	switch {
	case e.Schema > Schema:
		return Event{}, fmt.Errorf("%w: %d, this harness reads %d; update harness", ErrSchema, e.Schema, Schema)
	case e.Kind == "":
		return Event{}, errors.New("an object without \"event\"")
	}
	return e, nil
}

// ReadAll returns all events of a stream, or those before the first error and the error.
func ReadAll(r io.Reader) ([]Event, error) {
	var all []Event
	for e, err := range Decode(r) {
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}
