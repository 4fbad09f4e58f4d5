// Package finding holds what every tool of debugtools answers with: a sentence that names a defect, how certain it is, and the
// evidence that anybody can check.
package finding

import (
	"fmt"
	"slices"
	"strings"
)

// A Certainty says how a finding is known. Higher is more certain.
type Certainty int

const (
	// Note is no defect: it explains what is normal, or what the evidence cannot show.
	Note Certainty = iota
	// Likely is a defect that the evidence suggests and does not prove. The finding says what else would explain it.
	Likely
	// Proved is a defect that follows from the evidence: no correct program leaves it.
	Proved
)

// String returns the word that stands in front of a finding: NOTE, LIKELY or PROVED.
func (c Certainty) String() string {
	switch c {
	case Proved:
		return "PROVED"
	case Likely:
		return "LIKELY"
	default:
		return "NOTE"
	}
}

// MarshalText returns the word in lower case, for JSON.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(strings.ToLower(c.String())), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Certainty) UnmarshalText(text []byte) error {
	for _, known := range []Certainty{Note, Likely, Proved} {
		if strings.EqualFold(known.String(), string(text)) {
			*c = known
			return nil
		}
	}
	return fmt.Errorf("unknown certainty %q: want proved, likely or note", text)
}

// A Finding is one thing that is wrong, or worth knowing.
type Finding struct {
	// Kind names the rule that found it, in lower case with dashes: "self-lock", "lock-cycle", "nil-channel". It never changes.
	Kind string `json:"kind"`
	// Certainty says how it is known.
	Certainty Certainty `json:"certainty"`
	// Confidence is the share of such findings that are expected to be right, in (0, 1]. It is 1 if Certainty is Proved.
	Confidence float64 `json:"confidence"`
	// Title is one line without a full stop.
	Title string `json:"title"`
	// Evidence lists what the finding rests on, one line each, most important first.
	Evidence []string `json:"evidence,omitempty"`
	// Fix is one line that says what to do, or empty if nothing is known.
	Fix string `json:"fix,omitempty"`
	// Goroutines lists the goroutines that take part, if the evidence numbers them.
	Goroutines []int64 `json:"goroutines,omitempty"`
	// Objects lists the addresses of the locks, channels and other objects that take part, if they are known.
	Objects []uint64 `json:"objects,omitempty"`
	// Weight orders findings of equal certainty, larger first: how many goroutines, bytes or nanoseconds are at stake.
	Weight float64 `json:"weight"`
}

// Sort puts findings in the order in which people should read them: certainty, confidence, weight, then kind and title, so that
// equal evidence gives equal bytes.
func Sort(all []Finding) {
	slices.SortStableFunc(all, compare)
}

// compare orders two findings for Sort.
func compare(a, b Finding) int {
	switch {
	case a.Certainty != b.Certainty:
		return int(b.Certainty) - int(a.Certainty)
	case a.Confidence != b.Confidence:
		return order(b.Confidence, a.Confidence)
	case a.Weight != b.Weight:
		return order(b.Weight, a.Weight)
	case a.Kind != b.Kind:
		return order(a.Kind, b.Kind)
	default:
		return order(a.Title, b.Title)
	}
}

// order compares two values of an ordered type.
func order[T string | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
