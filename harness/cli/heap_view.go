package cli

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/heap"
)

// A heapView is what harness heap shows, as text and as JSON.
type heapView struct {
	Schema int `json:"schema"`
	// View is "dump", "profile", "growth", "profile growth" or "path".
	View     string            `json:"view"`
	Files    []string          `json:"files"`
	Summary  []string          `json:"summary"`
	Problems []string          `json:"problems,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"`
	Column   string            `json:"column"`
	Lines    []heapLine        `json:"lines"`
	More     int               `json:"more,omitempty"`
}

// A heapLine is one keeper, one site or one path. Bytes and Objects are differences in a view of growth.
type heapLine struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Objects int64  `json:"objects"`
	// Error is the standard error of Bytes, Noise says that sampling alone explains them.
	Error int64 `json:"error,omitempty"`
	Noise bool  `json:"noise,omitempty"`
	// Share is the part in all growth, Kept the part of what was allocated that is still in use.
	Share float64 `json:"share,omitempty"`
	Kept  float64 `json:"kept,omitempty"`
}

// remark is what stands behind a line.
func (l heapLine) remark() string {
	switch {
	case l.Noise:
		return fmt.Sprintf("  (within noise: ±%s)", heap.Size(3*l.Error))
	case l.Share > 0:
		return fmt.Sprintf("  (%.0f %% of the growth, ±%s; %.0f %% of what it allocated is in use)", 100*l.Share, heap.Size(3*l.Error), 100*l.Kept)
	case l.Error > 0:
		return fmt.Sprintf("  (±%s)", heap.Size(3*l.Error))
	}
	return ""
}

// newHeapView returns a view that names its files.
func newHeapView(kind string, files ...*heapFile) *heapView {
	v := &heapView{Schema: 1, View: kind, Column: "path", Lines: []heapLine{}}
	for _, f := range files {
		v.Files = append(v.Files, f.name)
		v.about(f)
	}
	return v
}

// about sums a file up.
func (v *heapView) about(f *heapFile) {
	if f.profile != nil {
		bytes, objects := f.profile.InUse()
		v.Summary = append(v.Summary, fmt.Sprintf("%s: heap profile, one sample for %s: about %s in %s in use",
			f.name, heap.Size(f.profile.Rate), heap.Size(bytes), plural(int(objects), "object")))
		return
	}
	d := f.dump.Dump
	v.Summary = append(v.Summary, fmt.Sprintf("%s: heap dump of %s %s: %s in %s, %s garbage, %s", f.name, d.Go, d.Arch,
		heap.Size(f.dump.Bytes), plural(int(f.dump.Objects), "object"), heap.Size(f.dump.Garbage), plural(len(d.Goroutines), "goroutine")))
	if d.Truncated {
		v.Summary = append(v.Summary, f.name+": TRUNCATED at "+d.TruncatedAt+"; what comes behind is missing below")
	}
	for _, p := range d.Problems {
		v.Problems = append(v.Problems, f.name+": "+p)
		v.Summary = append(v.Summary, f.name+": "+p)
	}
}

// plural writes a number of things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// cut keeps the first lines.
func (v *heapView) cut(top int) *heapView {
	if n := len(v.Lines) - top; n > 0 {
		v.Lines, v.More = v.Lines[:top], n
	}
	return v
}

// find adds findings.
func (v *heapView) find(list []finding.Finding) { v.Findings = append(v.Findings, list...) }

// viewDump shows who keeps what.
func viewDump(f *heapFile, top int) *heapView {
	v := newHeapView("dump", f)
	v.Column = "kept by"
	v.find(f.dump.ViewFindings(f.views))
	v.find(f.dump.Findings())
	if !f.dump.Dump.Rooted() {
		return v
	}
	for _, k := range f.dump.Keepers() {
		v.Lines = append(v.Lines, heapLine{Name: k.String(), Bytes: int64(k.Bytes), Objects: int64(k.Objects)})
	}
	return v.cut(top)
}

// viewGrowth shows which keepers grew.
func viewGrowth(before, after *heapFile, top int) *heapView {
	v := newHeapView("growth", before, after)
	v.Column = "more is kept by"
	v.find(heap.GrowthFindings(before.dump, after.dump))
	if !before.dump.Dump.Rooted() || !after.dump.Dump.Rooted() {
		return v
	}
	for _, g := range heap.Compare(before.dump, after.dump) {
		v.Lines = append(v.Lines, heapLine{Name: g.Key, Bytes: g.Bytes, Objects: g.Objects})
	}
	return v.cut(top)
}

// viewProfile shows what the places have in use.
func viewProfile(f *heapFile, top int) *heapView {
	v := newHeapView("profile", f)
	v.Column = "in use, allocated by"
	for _, u := range f.profile.Largest() {
		v.Lines = append(v.Lines, heapLine{Name: u.Site, Bytes: u.InUse, Objects: u.InUseObjects, Error: u.Error()})
	}
	return v.cut(top)
}

// viewProfileGrowth shows which places have more in use.
func viewProfileGrowth(before, after *heapFile, grown []heap.SiteGrowth, top int) *heapView {
	v := newHeapView("profile growth", before, after)
	v.Column = "more is in use, allocated by"
	v.find(heap.ProfileFindings(grown))
	for _, g := range grown {
		v.Lines = append(v.Lines, heapLine{g.Site, g.Bytes, g.Objects, g.Error, g.Noise, g.Share, g.Kept})
	}
	return v.cut(top)
}
