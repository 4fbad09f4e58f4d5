package perf

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/pprof/profile"
)

// ErrNotProfile is wrapped by the error of a file that is no profile that can be read.
var ErrNotProfile = errors.New("no profile that can be read")

// maxProfile is the largest size of an unpacked profile, in bytes. Real ones have a few megabytes.
const maxProfile = 512 << 20

// A ProfileKind is what a profile counts.
type ProfileKind string

// The kinds of profiles that are read. Mutex and block profiles have the same form; they are told apart by their stacks, which end in an unlock or in a wait.
const (
	CPUProfile          ProfileKind = "cpu"
	MutexProfile        ProfileKind = "mutex"
	BlockProfile        ProfileKind = "block"
	GoroutineProfile    ProfileKind = "goroutine"
	ThreadCreateProfile ProfileKind = "threadcreate"
)

// A Profile is what a profile of runtime/pprof says, added up.
type Profile struct {
	Kind ProfileKind `json:"kind"`
	// Duration is for how long was measured; 0 if the profile does not say, as those of mutexes and blocking, which count since the process began.
	Duration time.Duration `json:"duration_ns,omitempty"`
	// Count is the samples of a CPU profile, or how many contentions, waits, goroutines or threads there were.
	Count int64 `json:"count"`
	// Time is the processor time, or how long was waited in sum; 0 for goroutines and threads.
	Time time.Duration `json:"time_ns,omitempty"`
	// Places are where: the innermost frame outside of the standard library; largest first.
	Places []*Place `json:"places"`
	// Classes says what the processor did that is not the program's own code, in CPU profiles; largest first.
	Classes []*Class `json:"classes,omitempty"`
}

// A Place is a place in the code and its part of a profile.
type Place struct {
	Frame Frame         `json:"frame"`
	Wait  Kind          `json:"wait"` // in mutex and block profiles
	Count int64         `json:"count"`
	Time  time.Duration `json:"time_ns,omitempty"`
	Stack []Frame       `json:"stack"` // one of the stacks, innermost frame first
}

// mean returns the time of one wait.
func (p *Place) mean() time.Duration {
	if p.Count == 0 {
		return 0
	}
	return p.Time / time.Duration(p.Count)
}

// A Class is work of the runtime.
type Class struct {
	Name  string        `json:"name"`
	Count int64         `json:"count"`
	Time  time.Duration `json:"time_ns"`
}

// ReadProfile reads a profile, packed or not, of at most 512 MB unpacked. Errors wrap [ErrNotProfile]; that of a heap profile says so. It takes time linear
// in the size.
func ReadProfile(r io.Reader) (p *Profile, err error) {
	defer func() {
		if v := recover(); v != nil { // the parser is another project's, and the file may be damaged in any way
			p, err = nil, fmt.Errorf("%w: it is damaged: %s", ErrNotProfile, firstLine(fmt.Sprint(v)))
		}
	}()
	raw, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotProfile, firstLine(err.Error()))
	}
	parsed, err := profile.ParseUncompressed(raw)
	if err == nil {
		err = parsed.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNotProfile, firstLine(err.Error()))
	}
	return sumProfile(parsed)
}

// unpack reads everything, without gzip around it.
func unpack(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		if raw, err = io.ReadAll(io.LimitReader(z, maxProfile+1)); err != nil {
			return nil, err
		}
	}
	switch {
	case len(raw) == 0:
		return nil, errors.New("it is empty")
	case len(raw) > maxProfile:
		return nil, errors.New("it is larger than 512 MB")
	}
	return raw, nil
}

// columns says which of the values of a sample are the count and the nanoseconds (-1: none), and what the profile is.
func columns(p *profile.Profile) (kind ProfileKind, count, nanos int, err error) {
	at := map[string]int{}
	for i, t := range p.SampleType {
		at[t.Type+"/"+t.Unit] = i
	}
	has := func(name string) bool { _, ok := at[name]; return ok }
	switch {
	case has("samples/count") && has("cpu/nanoseconds"):
		return CPUProfile, at["samples/count"], at["cpu/nanoseconds"], nil
	case has("contentions/count") && has("delay/nanoseconds"):
		return BlockProfile, at["contentions/count"], at["delay/nanoseconds"], nil
	case has("goroutine/count"):
		return GoroutineProfile, at["goroutine/count"], -1, nil
	case has("threadcreate/count"):
		return ThreadCreateProfile, at["threadcreate/count"], -1, nil
	case has("inuse_space/bytes"):
		return "", 0, 0, fmt.Errorf("%w here: it is a heap profile, which tells of memory, not of time", ErrNotProfile)
	}
	return "", 0, 0, fmt.Errorf("%w: unknown samples %v", ErrNotProfile, at)
}

// placeKey tells places apart.
type placeKey struct {
	frame Frame
	wait  Kind
}

// sumProfile adds up the samples.
func sumProfile(raw *profile.Profile) (*Profile, error) {
	kind, count, nanos, err := columns(raw)
	if err != nil {
		return nil, err
	}
	p := &Profile{Kind: kind, Duration: max(0, time.Duration(raw.DurationNanos))}
	places, classes := map[placeKey]*Place{}, map[string]*Class{}
	var unlocks time.Duration
	for _, s := range raw.Sample {
		n, d := max(0, s.Value[count]), time.Duration(0)
		if nanos >= 0 {
			d = max(0, time.Duration(s.Value[nanos]))
		}
		frames := profileFrames(s)
		p.Count += n
		p.Time += d
		if isUnlock(frames) {
			unlocks += d
		}
		p.addPlace(places, frames, n, d)
		if kind == CPUProfile {
			addClass(classes, frames, n, d)
		}
	}
	if kind == BlockProfile && unlocks > p.Time/2 {
		p.Kind = MutexProfile
	}
	p.Places = ranked(places, func(x *Place) (time.Duration, string) { return x.size(), fmt.Sprint(x.Frame, x.Wait) })
	p.Classes = ranked(classes, func(c *Class) (time.Duration, string) { return c.Time, c.Name })
	return p, nil
}

// size is what places are ordered by: time, where there is any, else number.
func (p *Place) size() time.Duration {
	if p.Time > 0 {
		return p.Time
	}
	return time.Duration(p.Count)
}

// profileFrames returns the frames of a sample, innermost first.
func profileFrames(s *profile.Sample) []Frame {
	var frames []Frame
	for _, l := range s.Location {
		if l == nil {
			continue
		}
		for _, line := range l.Line {
			if line.Function != nil {
				frames = append(frames, Frame{line.Function.Name, line.Function.Filename, int(line.Line)})
			}
		}
	}
	return frames
}

// isUnlock reports whether a stack ends where a lock is given back.
func isUnlock(frames []Frame) bool {
	for _, f := range frames[:endOfStandard(frames)] {
		switch f.Func {
		case "sync.(*Mutex).Unlock", "sync.(*RWMutex).Unlock", "sync.(*RWMutex).RUnlock", "internal/sync.(*Mutex).Unlock", "runtime.unlock",
			"runtime._LostContendedRuntimeLock":
			return true
		}
	}
	return false
}

// addPlace adds a sample to its place. In a CPU profile that is a function, whatever the line.
func (p *Profile) addPlace(places map[placeKey]*Place, frames []Frame, n int64, d time.Duration) {
	if len(frames) == 0 {
		frames = []Frame{{}}
	}
	key := placeKey{frame: frames[ownFrame(frames)], wait: calleeKind(frames)}
	if p.Kind == CPUProfile {
		key.frame.Line, key.wait = 0, Other
	}
	one := places[key]
	if one == nil {
		one = &Place{Frame: key.frame, Wait: key.wait, Stack: frames[:min(len(frames), maxFrames)]}
		places[key] = one
	}
	one.Count += n
	one.Time += d
}
