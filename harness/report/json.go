package report

import (
	"encoding/json"
	"io"
	"sync"
)

// JSON writes events as JSON objects, one a line.
type JSON struct {
	mu      sync.Mutex
	enc     *json.Encoder
	started bool
	err     error
}

// NewJSON returns a sink that writes to w, an event at a time.
func NewJSON(w io.Writer) *JSON {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &JSON{enc: enc}
}

// Emit writes one line. The first one carries the schema. After an error of the writer nothing more is written.
func (j *JSON) Emit(e Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e.Schema = 0; !j.started {
		e.Schema = Schema
	}
	j.started = true
	if j.err == nil {
		j.err = j.enc.Encode(e.encodable())
	}
}

// Close returns the first error of the writer.
func (j *JSON) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}
