package finding

import (
	"encoding/json"
	"reflect"
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

// TestJSON holds the names that programs read, and that what was written is read back.
func TestJSON(t *testing.T) {
	f := Finding{Kind: "self-lock", Certainty: Proved, Confidence: 1, Title: "t", Evidence: []string{"e"}, Fix: "f", Goroutines: []int64{7}, Objects: []uint64{9}, Weight: 2}
	text, err := json.Marshal(f)
	want := `{"kind":"self-lock","certainty":"proved","confidence":1,"title":"t","evidence":["e"],"fix":"f","goroutines":[7],"weight":2,"objects":["0x9"]}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
	var back Finding
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, f) {
		t.Errorf("got %+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"certainty":"perhaps"}`), &back); err == nil {
		t.Error("an unknown certainty was read")
	}
}
