package errpaths

import "testing"

// explore:want deadlock
// A scan that starts after it was cancelled returns without being counted as done.
func TestMissingDoneBug(t *testing.T) {
	s := new(scanner)
	scanAndCancel(t, s, s.scan)
}

func TestMissingDoneFixed(t *testing.T) {
	s := new(scanner)
	scanAndCancel(t, s, s.scanFixed)
}

func scanAndCancel(t *testing.T, s *scanner, scan func(string)) {
	s.start(scan, "a", "b")
	s.cancel()
	if n := s.scanned.Load(); n > 2 {
		t.Errorf("%d files scanned", n)
	}
}
