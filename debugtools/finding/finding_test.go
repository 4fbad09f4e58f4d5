package finding

import (
	"slices"
	"testing"
)

// TestSort holds the order in which findings are read, and that it does not depend on the order in which they were found.
func TestSort(t *testing.T) {
	want := []Finding{
		{Kind: "b", Certainty: Proved, Confidence: 1, Weight: 2},
		{Kind: "a", Certainty: Proved, Confidence: 1, Weight: 1},
		{Kind: "a", Certainty: Likely, Confidence: 0.9},
		{Kind: "a", Certainty: Likely, Confidence: 0.5, Weight: 9, Title: "x"},
		{Kind: "a", Certainty: Likely, Confidence: 0.5, Weight: 9, Title: "y"},
		{Kind: "c", Certainty: Note, Confidence: 1},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	Sort(got)
	for i := range want {
		if got[i].Kind != want[i].Kind || got[i].Title != want[i].Title || got[i].Weight != want[i].Weight {
			t.Errorf("place %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}
