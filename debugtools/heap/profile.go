package heap

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// A Profile is a heap profile: how much each place in the program has allocated, and how much of it is in use. All numbers are estimates
// from samples.
type Profile struct {
	// Rate is runtime.MemProfileRate: one sample for so many bytes, on average.
	Rate int64
	// Uses are the places, by their name.
	Uses map[string]*Use
}

// A Use is what one place has allocated.
type Use struct {
	// Site names the place by the innermost call outside of the runtime: "main.fill cache.go:12". It is the name that heap dumps give it.
	Site string
	// Stack are the calls of its largest part, innermost first, with those of the runtime.
	Stack []Call
	// InUse and InUseObjects are alive (as of the last collection), Allocated and AllocatedObjects were allocated since the start. Bytes and
	// objects.
	InUse, InUseObjects, Allocated, AllocatedObjects int64

	variance float64 // of InUse, in bytes squared
	largest  int64
}

// Error returns the standard error of InUse in bytes.
//
// The runtime samples an object of s bytes with probability p = 1-exp(-s/rate), and profiles count n sampled objects as n/p. The number of
// samples has a binomial distribution, so that the estimate of N objects has the variance N(1-p)/p: for objects much smaller than the
// rate, one sample stands for Rate bytes, give or take as much.
func (u *Use) Error() int64 { return int64(math.Sqrt(u.variance)) }

// ErrProfile is returned for a file that is no heap profile.
var ErrProfile = errors.New("not a heap profile")

// mostProfile is how many bytes a profile may have when it is uncompressed; that of the largest programs is a hundredth of it.
const mostProfile = 1 << 30

// ReadProfile reads a heap or allocs profile with debug=0, compressed or not: /debug/pprof/heap, runtime/pprof, go test -memprofile. It
// returns ErrProfile for anything else, and ErrLimit for one of more than 1 GiB.
func ReadProfile(r io.Reader) (*Profile, error) {
	b, err := uncompressed(r)
	switch {
	case errors.Is(err, ErrLimit):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	p, err := profile.ParseUncompressed(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	if err := p.CheckValid(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	columns := map[string]int{}
	for i, t := range p.SampleType {
		columns[t.Type] = i
	}
	for _, name := range []string{"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"} {
		if _, ok := columns[name]; !ok {
			return nil, fmt.Errorf("%w: it has %s", ErrProfile, typesOf(p))
		}
	}
	if len(p.Sample) > 0 && len(p.Function) == 0 {
		return nil, fmt.Errorf("%w: it names no functions; take it with debug=0", ErrProfile)
	}
	out := &Profile{Rate: max(p.Period, 1), Uses: map[string]*Use{}}
	for _, s := range p.Sample {
		value := func(name string) int64 { return s.Value[columns[name]] }
		out.add(callsOf(s), value("inuse_space"), value("inuse_objects"), value("alloc_space"), value("alloc_objects"))
	}
	return out, nil
}

// uncompressed returns what a file with or without compression by gzip holds.
func uncompressed(r io.Reader) ([]byte, error) {
	buf := bufio.NewReader(r)
	r = buf
	magic, _ := buf.Peek(2)
	switch {
	case bytes.Equal(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(buf)
		if err != nil {
			return nil, err
		}
		r = z
	case !bytes.HasPrefix(magic, []byte{0x0a}): // the types of samples, which come first
		return nil, errors.New("no protocol buffer")
	}
	b, err := io.ReadAll(io.LimitReader(r, mostProfile+1))
	if len(b) > mostProfile {
		return nil, fmt.Errorf("%w: a profile of more than %d bytes", ErrLimit, mostProfile)
	}
	return b, err
}

// typesOf names what a profile measures.
func typesOf(p *profile.Profile) string {
	var names []string
	for _, t := range p.SampleType {
		names = append(names, t.Type+"/"+t.Unit)
	}
	if len(names) == 0 {
		return "no samples"
	}
	return strings.Join(names, ", ")
}

// callsOf returns the stack of a sample, innermost first.
func callsOf(s *profile.Sample) []Call {
	var calls []Call
	for _, loc := range s.Location {
		for _, line := range loc.Line {
			c := Call{Line: int(line.Line)}
			if line.Function != nil {
				c.Func, c.File = line.Function.Name, line.Function.Filename
			}
			calls = append(calls, c)
		}
	}
	return calls
}

// add counts one sample.
func (p *Profile) add(calls []Call, inUse, inUseObjects, allocated, allocatedObjects int64) {
	site := (&Site{Calls: calls}).String()
	u := p.Uses[site]
	if u == nil {
		u = &Use{Site: site, largest: -1}
		p.Uses[site] = u
	}
	u.InUse += inUse
	u.InUseObjects += inUseObjects
	u.Allocated += allocated
	u.AllocatedObjects += allocatedObjects
	if inUseObjects > 0 {
		size := float64(inUse) / float64(inUseObjects)
		sampled := -math.Expm1(-size / float64(p.Rate)) // the probability p
		u.variance += size * size * float64(inUseObjects) * (1 - sampled) / sampled
	}
	if inUse > u.largest {
		u.largest, u.Stack = inUse, calls
	}
}

// InUse returns the bytes and objects that are alive.
func (p *Profile) InUse() (bytes, objects int64) {
	for _, u := range p.Uses {
		bytes += u.InUse
		objects += u.InUseObjects
	}
	return bytes, objects
}

// Allocated returns the bytes and objects that were allocated since the start.
func (p *Profile) Allocated() (bytes, objects int64) {
	for _, u := range p.Uses {
		bytes += u.Allocated
		objects += u.AllocatedObjects
	}
	return bytes, objects
}

// Checkpoint collects garbage and takes a heap profile of this process, for DiffProfiles. Take it at rest: when a round of work has ended.
// Set runtime.MemProfileRate at the very start of main to see smaller differences; 1 samples every object.
func Checkpoint() (*Profile, error) {
	collect()
	var b bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		return nil, err
	}
	return ReadProfile(&b)
}

// base returns the last part of a path of any system.
func base(file string) string { return path.Base(strings.ReplaceAll(file, `\`, "/")) }

// Largest returns the places that have anything in use, the one with most bytes first.
func (p *Profile) Largest() []*Use {
	var list []*Use
	for _, u := range p.Uses {
		if u.InUse > 0 {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b *Use) int { return cmp.Or(cmp.Compare(b.InUse, a.InUse), cmp.Compare(a.Site, b.Site)) })
	return list
}
