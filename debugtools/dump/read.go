package dump

import (
	"errors"
	"fmt"
	"io"
)

// Read reads one dump with the zero [Options].
func Read(r io.Reader) (*Dump, error) { return Options{}.Read(r) }

// ReadAll reads all dumps of an input with the zero [Options].
func ReadAll(r io.Reader) ([]*Dump, error) { return Options{}.ReadAll(r) }

// Options say how to read. The zero value keeps everything.
type Options struct {
	// Keep, if not nil, says which goroutines to keep. The others are only counted, in Dump.Dropped. The goroutine is valid only until Keep returns.
	Keep func(*Goroutine) bool
}

// Read reads one dump in one pass. If the input has several, it returns the one with the most goroutines, the last of equals, with the race reports of
// the whole input, and says in Dump.Others how many there were besides.
//
// The input may be gzip'd, or UTF-16 with a byte order mark. Lines may end in \r\n, and every line may have something in front of it that a log
// has added. Lines of others in between are passed over, and listed in Dump.Problems if they stand within a goroutine. A dump that is cut is
// read as far as it goes, and Dump.Truncated is set.
//
// Owner lines, which a program prints that was built to record who holds its locks, are read into Waits and Holds:
//
//	[waits: KIND 0xADDR owner=N count=N at=FUNC FILE:LINE]
//	[holds: KIND 0xADDR count=N at=FUNC FILE:LINE]
//
// The error is a [*NotADump] if there are neither goroutines nor race reports, and else that of r. Time is linear in the input; memory is 200
// bytes a goroutine, 8 for each word of arguments, and what is distinct in its stacks and labels.
func (o Options) Read(r io.Reader) (*Dump, error) {
	all, err := o.ReadAll(r)
	if err != nil {
		return nil, err
	}
	best := all[0]
	var races []Race
	for _, d := range all {
		if d.Total()+d.Dropped >= best.Total()+best.Dropped {
			best = d
		}
		races = append(races, d.Races...)
	}
	best.Races, best.Others = races, len(all)-1
	return best, nil
}

// ReadAll reads all dumps of an input, at least one, in their order. A dump ends where a goroutine appears again, where a second goroutine is running
// in a form that shows only its own, where a program says once more why it dies, and where a profile begins. The error is as for Read.
func (o Options) ReadAll(r io.Reader) ([]*Dump, error) {
	p := &parser{head: newHeaders(), keep: o.Keep, size: size(r)}
	p.begin()
	text, err := p.open(r)
	if err != nil {
		return nil, p.wrap(err)
	}
	if text != nil {
		p.src = newSource(text, p.size)
		p.run()
		if err := p.src.err; errors.Is(err, io.ErrUnexpectedEOF) {
			p.cut("the archive is cut")
		} else if err != nil {
			return nil, p.wrap(err)
		}
	}
	return p.finish()
}

// wrap returns the error of Read.
func (p *parser) wrap(err error) error {
	var not *NotADump
	if errors.As(err, &not) {
		return err
	}
	return fmt.Errorf("read dump: %w", err)
}
