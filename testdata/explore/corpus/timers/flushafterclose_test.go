package timers

import (
	"testing"
	"time"
)

type closingLog interface {
	write(string)
	close()
}

// explore:want panic
// The timer has fired and its function waits for the lock when close has it: stopping the timer is too late, and there is no sink any more.
func TestFlushAfterCloseBug(t *testing.T) {
	logAndClose(t, func(sink func([]string)) closingLog { return newBufferedLog(sink) })
}

func TestFlushAfterCloseFixed(t *testing.T) {
	logAndClose(t, func(sink func([]string)) closingLog { return fixedBufferedLog{newBufferedLog(sink)} })
}

func logAndClose(t *testing.T, open func(func([]string)) closingLog) {
	written := 0
	l := open(func(lines []string) { written += len(lines) })
	l.write("started")
	l.write("stopped")
	<-time.After(time.Millisecond) // close and the timer are due at the same time
	l.close()
	if written != 2 {
		t.Errorf("%d lines written, want 2", written)
	}
}
