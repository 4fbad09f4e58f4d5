package explore

import (
	"encoding/binary"
	"os"

	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// traceMagic is the first word of a trace: "godmode1".
const traceMagic = 0x676f646d6f646531

// traceSize is that of the file in bytes. It is sparse: a short schedule takes a page of it.
const traceSize = 4 << 20

// A trace is the schedule that a child was at when it died.
type trace struct {
	number, seed uint64
	switches     []sched.Switch
	cut          bool // there were more switches than fit
}

// makeTrace makes the file that a child maps.
func makeTrace(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	err = f.Truncate(traceSize)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// readTrace reads what a dead child left, and reports whether it had begun a schedule.
func readTrace(path string) (t trace, ok bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return t, false
	}
	return parseTrace(data)
}

// parseTrace reads the words of a trace, little-endian: magic, number of the schedule, seed, strategy, n, and n times after, nth, to.
func parseTrace(data []byte) (t trace, ok bool) {
	word := func(i uint64) uint64 { return binary.LittleEndian.Uint64(data[8*i:]) }
	if len(data) < 40 || word(0) != traceMagic {
		return t, false
	}
	t.number, t.seed = word(1), word(2)
	room := uint64(len(data)/8-5) / 3
	n := word(4)
	t.cut = n >= room
	for i := range min(n, room) {
		at := 5 + 3*i
		t.switches = append(t.switches, sched.Switch{After: word(at), Nth: int(word(at + 1)), To: word(at + 2)})
	}
	return t, true
}
