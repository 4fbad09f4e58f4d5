package dump

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// isProto reports whether an input begins as an uncompressed profile does: with a type of samples (field 1) or of the period (field 11, first in what
// Go writes), a short message that begins with its field 1.
func isProto(head []byte) bool {
	return len(head) > 4 && (head[0] == 1<<3|2 || head[0] == 11<<3|2) && head[1] < 0x20 && head[2] == 1<<3
}

// readProto reads /debug/pprof/goroutine?debug=0.
func (p *parser) readProto(data []byte) error {
	prof, err := profile.ParseData(data)
	if err != nil {
		return &NotADump{Looks: "a pprof profile that is damaged (" + oneLine(err.Error()) + ")"}
	}
	kinds := make([]string, len(prof.SampleType))
	for i, t := range prof.SampleType {
		kinds[i] = t.Type
	}
	if len(kinds) == 0 || kinds[0] != "goroutine" && kinds[0] != "goroutineleak" {
		return &NotADump{Looks: fmt.Sprintf("a pprof profile of %s", strings.Join(kinds, ", ")), Hint: "read it with go tool pprof"}
	}
	p.dump.Form = FormProto
	p.dump.Bytes = int64(len(data))
	for _, s := range prof.Sample {
		if s.Value[0] > 0 {
			p.sample(s)
		}
	}
	return nil
}

// sample adds one sample of a profile.
func (p *parser) sample(s *profile.Sample) {
	at := p.trie.root
	for _, l := range s.Location {
		for _, line := range l.Line {
			place := line.Function.Filename + ":" + strconv.FormatInt(line.Line, 10)
			at = p.trie.child(at, kindProfile, []byte(line.Function.Name), []byte(place), 0)
		}
		if len(l.Line) == 0 {
			at = p.trie.child(at, kindProfile, fmt.Appendf(nil, "0x%x", l.Address), nil, 0)
		}
	}
	p.counted(Goroutine{ID: -1, Count: int(s.Value[0]), Labels: sampleLabels(s)}, at)
}

// sampleLabels returns the labels of a sample, sorted by key.
func sampleLabels(s *profile.Sample) []Label {
	var labels []Label
	for key, values := range s.Label {
		for _, v := range values {
			labels = append(labels, Label{key, v})
		}
	}
	slices.SortFunc(labels, func(a, b Label) int { return strings.Compare(a.Key, b.Key) })
	return labels
}

// oneLine returns a text without its line ends.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
