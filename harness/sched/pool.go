package sched

import (
	"errors"
	"strconv"
	"strings"
)

// A Pool adds up what estimators in several processes have seen, so that what all of them have seen once was seen once, and what two have seen was not.
type Pool struct{ census }

// Classes are the classes of schedules that an estimator has seen, in a form for another process: the hash of each, and how often it was seen, up to
// three times, since more makes no difference to what is estimated. Of very many, only those are kept whose hash ends with Halvings zero bits.
type Classes struct {
	Halvings int
	Executed int
	Hashes   []uint64
	Times    []uint8 // of each, 1 to 3
}

// Classes returns at most so many of the classes that were seen.
func (c *census) Classes(most int) Classes {
	out := Classes{Halvings: c.halvings, Executed: c.executed}
	for kept := len(c.times); kept > most; {
		out.Halvings++
		kept = 0
		for _, hash := range c.seen.keys {
			if hash&(1<<out.Halvings-1) == 0 {
				kept++
			}
		}
	}
	for i, hash := range c.seen.keys {
		if hash&(1<<out.Halvings-1) == 0 {
			out.Hashes = append(out.Hashes, hash)
			out.Times = append(out.Times, uint8(min(c.times[i], 3)))
		}
	}
	return out
}

// Add adds what another estimator has seen.
func (p *Pool) Add(c Classes) {
	for p.halvings < c.Halvings {
		p.halve()
	}
	executed := p.executed + c.Executed
	for i, hash := range c.Hashes {
		for range c.Times[i] {
			p.count(hash)
		}
	}
	p.executed = executed
}

// digits is how long a class is as text: a hash and how often.
const digits = 17

// errClasses is returned for a text that holds no classes.
var errClasses = errors.New("these are no classes of schedules")

// AppendText appends the text "HALVINGS EXECUTED HASHES".
func (c Classes) AppendText(b []byte) ([]byte, error) {
	b = append(strconv.AppendInt(b, int64(c.Halvings), 10), ' ')
	b = append(strconv.AppendInt(b, int64(c.Executed), 10), ' ')
	for i, hash := range c.Hashes {
		for shift := 60; shift >= 0; shift -= 4 {
			b = append(b, "0123456789abcdef"[hash>>shift&15])
		}
		b = append(b, '0'+c.Times[i])
	}
	return b, nil
}

// UnmarshalText reads what AppendText writes.
func (c *Classes) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), " ")
	if len(parts) != 3 || len(parts[2])%digits != 0 {
		return errClasses
	}
	halvings, bad := strconv.Atoi(parts[0])
	executed, worse := strconv.Atoi(parts[1])
	if bad != nil || worse != nil || halvings < 0 || halvings > 60 || executed < 0 {
		return errClasses
	}
	read := Classes{Halvings: halvings, Executed: executed}
	for list := parts[2]; list != ""; list = list[digits:] {
		hash, err := strconv.ParseUint(list[:digits-1], 16, 64)
		times := list[digits-1] - '0'
		if err != nil || times < 1 || times > 3 || hash&(1<<halvings-1) != 0 {
			return errClasses
		}
		read.Hashes, read.Times = append(read.Hashes, hash), append(read.Times, times)
	}
	*c = read
	return nil
}
