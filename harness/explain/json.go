package explain

import (
	"encoding/json"
	"io"
)

// A Report is an execution with what it means, as JSON writes it. Steps and goroutines are named by their indices and numbers in the execution.
type Report struct {
	Execution *Execution `json:"execution"`
	Analysis  *Analysis  `json:"analysis"`
}

// JSON writes an execution and its analysis, indented, with a final newline.
func JSON(w io.Writer, e *Execution) error {
	if e == nil {
		e = &Execution{}
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(Report{Execution: e, Analysis: Analyse(e)})
}
