package soak

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
)

// journalVersion is the version of the journal. It is raised when the meaning of a record changes, and when the same journal would be
// followed by other rounds.
const journalVersion = 1

// The kinds of records.
const (
	// recSoak is the first line: what the soak is about.
	recSoak = "soak"
	// recOpen says that a process goes on from here.
	recOpen = "open"
	// recBegin says that a round is about to run, recEnd how it ended.
	recBegin = "begin"
	recEnd   = "end"
	// recFailure is an example of a failure that the running round saw.
	recFailure = "failure"
	// recGrowth holds the samples from before and after a round.
	recGrowth = "growth"
	// recInterrupted says that a process was asked to stop. A round that is running then will be run again.
	recInterrupted = "interrupted"
	// recDied says that the process before this one died in a round, or after it.
	recDied = "died"
)

// A record is a line of the journal. Kind says which of the other fields are there.
type record struct {
	Kind string `json:"rec"`
	// At is the time spent so far, of all processes together; time in which none ran does not count.
	At time.Duration `json:"at_ns"`
	// Round is the number of the round that the record is about.
	Round int `json:"round"`

	Soak    *identity `json:"soak,omitempty"`
	Open    *budget   `json:"open,omitempty"`
	Begin   *begin    `json:"begin,omitempty"`
	Failure *Example  `json:"failure,omitempty"`
	End     *summary  `json:"end,omitempty"`
	Growth  *window   `json:"growth,omitempty"`
	Died    *death    `json:"died,omitempty"`
}

// An identity is what must be equal for a soak to go on: with it, the rounds to come are a function of what the rounds so far have found.
type identity struct {
	Version    int         `json:"version"`
	Seed       report.Seed `json:"seed"`
	Pairs      []Pair      `json:"pairs"`
	Iterations int         `json:"iterations,omitempty"`
	Goroutines int         `json:"goroutines,omitempty"`
	Ops        int         `json:"ops,omitempty"`
	Schedules  int         `json:"schedules,omitempty"`
	Configs    int         `json:"configs,omitempty"`
	LockCheck  bool        `json:"lock_check,omitempty"`
	Limit      int         `json:"limit"`
}

// A Pair is a target and an engine that runs it.
type Pair struct {
	Target string         `json:"target"`
	Engine harness.Engine `json:"engine"`
}

// String returns "counter under stress".
func (p Pair) String() string { return p.Target + " under " + string(p.Engine) }

// A budget is what one process may spend. It may differ from process to process.
type budget struct {
	For      time.Duration `json:"for_ns,omitempty"`
	Rounds   int           `json:"rounds,omitempty"`
	RoundFor time.Duration `json:"round_for_ns,omitempty"`
}

// A begin is a round that is about to run.
type begin struct {
	Pair
	Seed report.Seed `json:"seed"`
	// Attempt counts how often it was begun, from 1.
	Attempt int `json:"attempt"`
}

// A summary is how a round ended.
type summary struct {
	Status     report.Status `json:"status"`
	Reason     string        `json:"reason,omitempty"`
	Histories  int64         `json:"histories"`
	Operations int64         `json:"operations"`
	Schedules  int64         `json:"schedules,omitempty"`
	Vacuous    int64         `json:"vacuous,omitempty"`
	Undecided  int64         `json:"undecided,omitempty"`
	Open       float64       `json:"open,omitempty"`
	MaxOpen    int           `json:"max_open,omitempty"`
	Elapsed    time.Duration `json:"elapsed_ns"`
	// Stuck says that the engine did not return, and was left behind.
	Stuck bool `json:"stuck,omitempty"`
	// Seen says how often each failure was seen, also those of which no example is kept any more.
	Seen []sighting `json:"seen,omitempty"`
}

// A sighting says how often a failure was seen in a round.
type sighting struct {
	Signature string `json:"signature"`
	Count     int64  `json:"count"`
}

// A window holds the samples around a round.
type window struct {
	Before Sample `json:"before"`
	After  Sample `json:"after"`
}

// A death is the end of a process that did not mean to end.
type death struct {
	// LastWords is what the Go runtime wrote before it gave up, or empty if there was nothing.
	LastWords string `json:"last_words,omitempty"`
	// Late says that the round had ended: something that it left behind brought the process down.
	Late bool `json:"late,omitempty"`
}

// appendTo writes the record as a line behind buf.
func (r *record) appendTo(buf *bytes.Buffer) error {
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// parseRecord reads a line.
func parseRecord(line []byte) (*record, error) {
	r := &record{}
	if err := json.Unmarshal(line, r); err != nil {
		return nil, err
	}
	if r.At < 0 || r.Round < 0 {
		return nil, errors.New("a negative time or round")
	}
	if !r.complete() {
		return nil, fmt.Errorf("a record %q without what belongs to it", r.Kind)
	}
	return r, nil
}

// complete reports whether the kind is known and its part there.
func (r *record) complete() bool {
	switch r.Kind {
	case recSoak:
		return r.Soak != nil
	case recOpen:
		return r.Open != nil
	case recBegin:
		return r.Begin != nil
	case recFailure:
		return r.Failure != nil
	case recEnd:
		return r.End != nil
	case recGrowth:
		return r.Growth != nil
	case recDied:
		return r.Died != nil
	}
	return r.Kind == recInterrupted
}
