package lifecycle

import "testing"

// explore:want assertion
// close returns while lines are still queued.
func TestFlushOnCloseBug(t *testing.T) { writeAndClose(t, (*sink).close) }

func TestFlushOnCloseFixed(t *testing.T) { writeAndClose(t, (*sink).closeFixed) }

func writeAndClose(t *testing.T, closeSink func(*sink)) {
	s := newSink()
	s.write("first")
	s.write("last")
	closeSink(s)
	if n := s.written.Load(); n != 2 {
		t.Errorf("%d lines written, want 2", n)
	}
}
