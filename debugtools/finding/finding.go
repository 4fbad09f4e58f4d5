// Package finding holds what every tool of debugtools answers with: a sentence that names a defect, how certain it is, and the
// evidence that anybody can check.
package finding

import "slices"

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

// A Finding is one thing that is wrong, or worth knowing.
type Finding struct {
	// Kind names the rule that found it, in lower case with dashes: "self-lock", "lock-cycle", "nil-channel". It never changes.
	Kind string
	// Certainty says how it is known.
	Certainty Certainty
	// Confidence is the share of such findings that are expected to be right, in (0, 1]. It is 1 if Certainty is Proved.
	Confidence float64
	// Title is one line without a full stop.
	Title string
	// Evidence lists what the finding rests on, one line each, most important first.
	Evidence []string
	// Fix is one line that says what to do, or empty if nothing is known.
	Fix string
	// Goroutines lists the goroutines that take part, if the evidence numbers them.
	Goroutines []int64
	// Objects lists the addresses of the locks, channels and other objects that take part, if they are known.
	Objects []uint64
	// Weight orders findings of equal certainty, larger first: how many goroutines, bytes or nanoseconds are at stake.
	Weight float64
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
