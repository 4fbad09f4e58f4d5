package soak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness"
)

// running says that this process soaks: what it measures and its last words are those of the whole process.
var running sync.Mutex

// Run soaks until the budget is spent or the context is cancelled, writes the reports, and returns what is known. It goes on with an earlier
// soak if the config says so. Violations are in the report; an error means that the soak could not begin, or could not go on, and
// then the report has what was known until then, or is nil.
//
// One soak may run in a process at a time.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	return run(ctx, cfg, harness.Drive)
}

// engine is how a target is run once.
type engine func(context.Context, *harness.Target, harness.Engine, harness.Config) (*harness.Result, error)

func run(ctx context.Context, cfg Config, drive engine) (_ *Report, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if !running.TryLock() {
		return nil, &Error{ErrBusy, "this process soaks already", ""}
	}
	defer running.Unlock()
	if err := os.MkdirAll(cfg.Dir, 0o777); err != nil {
		return nil, err
	}
	release, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	s := &soak{cfg: cfg.with(), engine: drive, targets: map[string]*harness.Target{}}
	for _, t := range cfg.Targets {
		s.targets[t.ID()] = t
	}
	return s.run(ctx)
}

// A soak is the edge around a state: it does what the state says comes next, and tells it what came of that, through the journal.
type soak struct {
	cfg     Config
	engine  engine
	targets map[string]*harness.Target
	skip    []Skip

	journal *journal
	state   *state
	start   time.Duration // what the clock read when nothing was spent
	line    bytes.Buffer  // records on their way to the journal and to the state
	lines   []int         // where they end
}

// run opens, loops and reports.
func (s *soak) run(ctx context.Context) (_ *Report, err error) {
	hush, err := s.open()
	if s.journal != nil {
		defer func() { err = errors.Join(err, s.journal.file.Close()) }()
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, hush()) }()
	why, err := s.loop(ctx)
	r := s.state.report(&s.cfg, s.skip, why)
	if e := s.write(r); e != nil {
		return r, errors.Join(err, e)
	}
	s.tell(r)
	return r, err
}

// write writes both reports.
func (s *soak) write(r *Report) error {
	data, err := r.JSON()
	if err != nil {
		return err
	}
	return errors.Join(save(filepath.Join(s.cfg.Dir, JSONName), data), save(filepath.Join(s.cfg.Dir, TextName), []byte(r.Text())))
}

// open reads the journal or begins one, and notes the death of the process before.
func (s *soak) open() (hush func() error, err error) {
	old, size, err := readJournal(s.cfg.Dir)
	if err != nil {
		return nil, err
	}
	if err := s.check(old); err != nil {
		return nil, err
	}
	words, err := lastWordsOf(s.cfg.Dir)
	if err != nil {
		return nil, err
	}
	if s.journal, err = openJournal(s.cfg.Dir, size); err != nil {
		return nil, err
	}
	s.state = old
	want, skip, _ := s.cfg.identity()
	s.skip = skip
	if old.Version == 0 {
		err = s.record(&record{Kind: recSoak, Soak: &want})
	} else {
		err = s.mourn(words)
	}
	if err != nil {
		return nil, err
	}
	if hush, err = listen(s.cfg.Dir); err != nil {
		return nil, err
	}
	s.start = s.cfg.Clock() - s.state.spent
	b := s.cfg.budget(s.state.budget, len(s.state.pairs))
	if err := s.record(&record{Kind: recOpen, At: s.state.spent, Round: s.state.round, Open: &b}); err != nil {
		return nil, errors.Join(err, hush())
	}
	return hush, nil
}

// check compares the config with the journal that is there.
func (s *soak) check(old *state) error {
	if old.Version == 0 {
		if s.cfg.Resume {
			return &Error{ErrMissing, s.cfg.Dir, "begin a new soak by leaving out the resume flag"}
		}
		_, _, err := s.cfg.identity()
		return err
	}
	if !s.cfg.Resume {
		return &Error{ErrExists, s.cfg.Dir, "go on with it by --resume, or use another state directory"}
	}
	if s.cfg.Seed == 0 {
		s.cfg.Seed = uint64(old.Seed)
	}
	want, _, err := s.cfg.identity()
	if err != nil {
		return err
	}
	return old.differs(want)
}

// mourn notes that the process before died in a round, or with last words after one. A death at another time, such as before its first round, is no
// target's.
func (s *soak) mourn(words string) error {
	st := s.state
	within := st.last == recBegin || st.last == recFailure
	after := st.last == recEnd || st.last == recGrowth
	if !within && !(after && words != "") {
		return nil
	}
	known := len(st.buckets)
	b, d := st.begin, &death{LastWords: capped(words), Late: after}
	if err := s.record(&record{Kind: recDied, At: st.spent, Round: st.round, Died: d}); err != nil {
		return err
	}
	s.tellDeath(b, d, known)
	return nil
}

// now returns the time spent so far.
func (s *soak) now() time.Duration { return max(s.cfg.Clock()-s.start, s.state.spent) }

// loop runs rounds, and returns why it stopped.
func (s *soak) loop(ctx context.Context) (string, error) {
	for {
		n, b, done := s.state.next()
		if done != "" {
			return done, nil
		}
		if ctx.Err() != nil {
			if s.state.last == recInterrupted {
				return stopInterrupted, nil
			}
			return stopInterrupted, s.record(&record{Kind: recInterrupted, At: s.now(), Round: s.state.round})
		}
		if err := s.round(ctx, n, b); err != nil {
			return "the journal could not be written", err
		}
	}
}

// round runs one round. What it found reaches the state only after the second sample, as the bytes that the journal has: so the memory that
// the soak itself needs for it does not count as the target's.
func (s *soak) round(ctx context.Context, n int, b *begin) error {
	if err := s.record(&record{Kind: recBegin, At: s.now(), Round: n, Begin: b}); err != nil {
		return err
	}
	s.tellRound(b)
	w := &window{Before: s.cfg.Measure()}
	cut, err := s.perform(ctx, b)
	if err != nil {
		return err
	}
	w.After = s.cfg.Measure()
	known := len(s.state.buckets)
	if err := s.settle(); err != nil {
		return err
	}
	s.tellFound(b, known)
	if cut {
		return nil
	}
	return s.record(&record{Kind: recGrowth, At: s.now(), Round: n, Growth: w})
}

// perform drives the engine and writes what it found to the journal. When it returns, nothing of it is left but the bytes.
func (s *soak) perform(ctx context.Context, b *begin) (cut bool, err error) {
	limit := s.state.budget.RoundFor
	if left := s.state.budget.For - s.now(); s.state.budget.For > 0 && (limit == 0 || left < limit) {
		limit = max(left, time.Millisecond)
	}
	o := s.drive(ctx, b, limit)
	e, examples := s.summarise(b, o)
	for _, x := range examples {
		err = errors.Join(err, s.append(&record{Kind: recFailure, At: s.now(), Round: s.state.round, Failure: x}))
	}
	switch {
	case o.cut:
		err = errors.Join(err, s.append(&record{Kind: recInterrupted, At: s.now(), Round: s.state.round}))
	default:
		e.Stuck = o.stuck
		err = errors.Join(err, s.append(&record{Kind: recEnd, At: s.now(), Round: s.state.round, End: e}))
	}
	return o.cut, err
}

// append writes a record to the journal and keeps its bytes for the state.
func (s *soak) append(r *record) error {
	from := s.line.Len()
	if err := r.appendTo(&s.line); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	s.lines = append(s.lines, s.line.Len())
	if err := s.journal.write(s.line.Bytes()[from:]); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// settle folds what was appended into the state. It reads the same bytes that a resumed run would.
func (s *soak) settle() error {
	from := 0
	for _, end := range s.lines {
		r, err := parseRecord(s.line.Bytes()[from:end])
		if err == nil {
			err = s.state.fold(r)
		}
		if err != nil {
			panic(fmt.Sprintf("soak: wrote a record that it would not read: %v: %s", err, s.line.Bytes()[from:end]))
		}
		from = end
	}
	s.line.Reset()
	s.lines = s.lines[:0]
	return nil
}

// record writes a record and folds it at once.
func (s *soak) record(r *record) error {
	if err := s.append(r); err != nil {
		return err
	}
	return s.settle()
}
