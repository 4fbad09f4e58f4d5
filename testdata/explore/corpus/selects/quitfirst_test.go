package selects

import "testing"

// explore:want assertion
// A document and the end are both ready, and the select takes the end.
func TestQuitFirstBug(t *testing.T) { saveAndClose(t, (*saver).run) }

func TestQuitFirstFixed(t *testing.T) { saveAndClose(t, (*saver).runFixed) }

func saveAndClose(t *testing.T, run func(*saver)) {
	s := newSaver()
	go run(s)
	s.queue <- "letter"
	s.queue <- "list"
	if n := s.close(); n != 2 {
		t.Errorf("%d documents saved, want 2", n)
	}
}
