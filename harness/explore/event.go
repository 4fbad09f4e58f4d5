package explore

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/concurrency-god-mode/godmode/harness/explain"
	"github.com/concurrency-god-mode/godmode/harness/sched"
)

// counts say how far a child is.
type counts struct {
	Schedules int64   `json:"schedules"`
	Decisions int64   `json:"decisions"`
	Points    int64   `json:"points"`
	Estimate  float64 `json:"-"` // of the fraction of all schedules, from what all processes have seen together; 0 if unknown
}

// A failed is a schedule that failed, or in a replay one that was recorded.
type failed struct {
	Failure   string             `json:"failure"` // "" if it passed
	Message   string             `json:"message"`
	Of        string             `json:"of"` // whose program failed, if the test has judged it
	Schedule  uint64             `json:"schedule"`
	Strategy  string             `json:"strategy"`
	Seed      seedText           `json:"seed"`
	Switches  []switchText       `json:"switches"`
	Steps     int                `json:"steps"`
	Execution *explain.Execution `json:"execution"`
}

// A Divergence is a switch of a replay that could not be followed.
type Divergence struct {
	Switch int    `json:"switch"` // its index
	Why    string `json:"why"`
}

// A finished is the last that a child says.
type finished struct {
	counts
	Exhausted  bool          `json:"exhausted"`
	Classes    sched.Classes `json:"classes"`    // of schedules that it has seen
	Digest     string        `json:"digest"`     // of all decisions
	Last       string        `json:"last"`       // of those of the last schedule
	Unfinished int64         `json:"unfinished"` // schedules that had not ended after the limit of operations
	Skipped    int64         `json:"skipped"`    // schedules in which the test skipped itself
	Close      int64         `json:"close"`      // schedules in which timers were due at nearly the same time, so that it is drawn which are seen to fire together
	Chance     int64         `json:"chance"`     // schedules in which random numbers, the order of maps or the clock had a say
	Programs   int64         `json:"programs"`   // that were generated
	Seen       int64         `json:"exhausted_programs"`
	Undecided  int64         `json:"undecided"` // schedules whose outcome could not be judged
}

// A listener is told what a child says.
type listener struct {
	hello    func()
	progress func(counts)
	failed   func(*failed)
	dying    func(*failed)
	outside  func(explain.Uncontrolled)
	diverged func(Divergence)
	program  func(announced)
	done     func(finished)
}

// read takes the lines of a child until their end. A line that is no event is an error, which is returned when all were read: the last line of a process
// that died may be torn.
func (l listener) read(r io.Reader) (err error) {
	lines := bufio.NewReader(r)
	for {
		line, end := lines.ReadBytes('\n')
		if end != nil { // what follows the last newline is torn
			return err
		}
		if e := l.take(line); e != nil && err == nil {
			err = e
		}
	}
}

// take takes one line. Events that are not known are passed over.
func (l listener) take(line []byte) error {
	var head struct{ Event string }
	if err := json.Unmarshal(line, &head); err != nil {
		return fmt.Errorf("the process wrote what is no event: %w", err)
	}
	switch head.Event {
	case "hello":
		l.hello()
	case "progress":
		return decode(line, l.progress)
	case "failure":
		return decode(line, func(f failed) { l.failed(&f) })
	case "dying":
		return decode(line, func(f failed) { l.dying(&f) })
	case "uncontrolled":
		return decode(line, l.outside)
	case "diverged":
		return decode(line, l.diverged)
	case "program":
		return decode(line, l.program)
	case "done":
		return decode(line, l.done)
	}
	return nil
}

// decode reads a line as an event of one kind.
func decode[E any](line []byte, take func(E)) error {
	var e E
	if err := json.Unmarshal(line, &e); err != nil {
		return fmt.Errorf("the process wrote an event that cannot be read: %w", err)
	}
	take(e)
	return nil
}

// A seedText is a seed as "0x5eed".
type seedText uint64

// UnmarshalJSON reads a seed.
func (s *seedText) UnmarshalJSON(data []byte) error {
	text, err := strconv.Unquote(string(data))
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(text, 0, 64)
	*s = seedText(n)
	return err
}

// A switchText is a switch as ["AFTERHEX",NTH,"TOHEX"]; an option is a key like those of threads.
type switchText sched.Switch

// UnmarshalJSON reads a switch.
func (s *switchText) UnmarshalJSON(data []byte) error {
	var after, to string
	three := []any{&after, &s.Nth, &to}
	if err := json.Unmarshal(data, &three); err != nil {
		return err
	}
	if len(three) != 3 {
		return fmt.Errorf("%d values in a switch", len(three))
	}
	var err error
	if s.After, err = strconv.ParseUint(after, 16, 64); err == nil {
		s.To, err = strconv.ParseUint(to, 16, 64)
	}
	return err
}

// switches returns the schedule of a failure.
func (f *failed) switches() []sched.Switch {
	list := make([]sched.Switch, len(f.Switches))
	for i, s := range f.Switches {
		list[i] = sched.Switch(s)
	}
	return list
}
