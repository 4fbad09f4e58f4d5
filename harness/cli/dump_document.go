package cli

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
)

// dumpSchema is the version of the document that --json writes. Fields may be added; anything else raises it.
const dumpSchema = 1

// A dumpDocument is what --json writes.
type dumpDocument struct {
	Schema      int            `json:"schema"`
	Sources     []string       `json:"sources"`
	Form        dump.Form      `json:"form"`
	Go          string         `json:"go,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Goroutines  int            `json:"goroutines"`
	Shown       int            `json:"shown"`
	Truncated   bool           `json:"truncated"`
	TruncatedAt string         `json:"truncated_at,omitempty"`
	Findings    []dumpFinding  `json:"findings"`
	Groups      []dumpGroup    `json:"groups"`
	Changes     []dumpChange   `json:"changes,omitempty"`
	Problems    []dump.Problem `json:"problems,omitempty"`
}

type dumpFinding struct {
	Kind       string   `json:"kind"`
	Certainty  string   `json:"certainty"`
	Confidence float64  `json:"confidence"`
	Title      string   `json:"title"`
	Evidence   []string `json:"evidence,omitempty"`
	Fix        string   `json:"fix,omitempty"`
	Goroutines []int64  `json:"goroutines,omitempty"`
	Objects    []uint64 `json:"objects,omitempty"`
}

type dumpGroup struct {
	Keys       []string    `json:"keys"`
	Count      int         `json:"count"`
	State      string      `json:"state,omitempty"`
	MinMinutes int         `json:"min_minutes"`
	MaxMinutes int         `json:"max_minutes"`
	Stack      []dumpFrame `json:"stack"`
	Creator    *dumpFrame  `json:"creator,omitempty"`
	IDs        []int64     `json:"ids,omitempty"` // at most eight
}

type dumpFrame struct {
	Func string `json:"func"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

type dumpChange struct {
	Counts []int  `json:"counts"`
	State  string `json:"state,omitempty"`
	Func   string `json:"func"`
	Place  string `json:"place,omitempty"`
}

// document returns everything as data.
func (r *reading) document() *dumpDocument {
	d := r.last()
	doc := &dumpDocument{Schema: dumpSchema, Sources: r.names, Form: d.Form, Go: d.Go, Reason: d.Reason, Goroutines: d.Total(), Shown: r.shown.Total(),
		Truncated: d.Truncated, TruncatedAt: d.TruncatedAt, Findings: []dumpFinding{}, Groups: []dumpGroup{}, Problems: d.Problems}
	for _, f := range r.findings {
		doc.Findings = append(doc.Findings, dumpFinding{f.Kind, strings.ToLower(f.Certainty.String()), f.Confidence, f.Title, f.Evidence, f.Fix, f.Goroutines, f.Objects})
	}
	for i := range r.groups {
		g := &r.groups[i]
		n := dumpGroup{Keys: g.Keys, Count: g.Count, State: g.State, MinMinutes: g.MinMinutes, MaxMinutes: g.MaxMinutes, Stack: []dumpFrame{}, IDs: g.IDs(r.shown, mostNumbers)}
		for _, f := range g.Stack.Frames {
			n.Stack = append(n.Stack, dumpFrame{f.Func, f.File, f.Line})
		}
		if c := g.Stack.Creator; c.Func != "" {
			n.Creator = &dumpFrame{c.Func, c.File, c.Line}
		}
		doc.Groups = append(doc.Groups, n)
	}
	for _, g := range r.changed {
		own := userFrame(g.Stack)
		doc.Changes = append(doc.Changes, dumpChange{g.Counts, g.State, own.Func, place(own)})
	}
	return doc
}

//go:embed dump.html
var dumpPageText string

var dumpPage = template.Must(template.New("dump").Parse(dumpPageText))

// A dumpPageData is what the page shows.
type dumpPageData struct {
	Title    string
	Remarks  []string
	Findings []pageFinding
	Limits   []string
	Picture  template.HTML // made by waitgraph, which escapes what is in it
	Groups   []pageGroup
	More     int
}

type pageFinding struct {
	finding.Finding
	Word string
}

type pageGroup struct {
	Count, Line string
	Frames      []string
}

// mostPageGroups bounds the groups of a page.
const mostPageGroups = 500

// page writes everything as a page that needs nothing else: no script, no network.
func (r *reading) page(w io.Writer) error {
	data := dumpPageData{Title: r.headline(), Remarks: r.remarks()}
	for _, f := range r.findings {
		if f.Kind == unshown {
			data.Limits = append(data.Limits, f.Title)
			continue
		}
		data.Findings = append(data.Findings, pageFinding{f, f.Certainty.String()})
	}
	if stuck := r.graph.Stuck(waitgraph.Inferred); len(stuck) > 0 {
		var svg strings.Builder
		if err := r.graph.SVG(&svg, stuck); err != nil {
			return err
		}
		data.Picture = template.HTML(svg.String())
	}
	for i := range r.groups {
		if i == mostPageGroups {
			data.More = len(r.groups) - i
			break
		}
		g := &r.groups[i]
		p := pageGroup{Count: waitgraph.Thousands(g.Count), Line: r.groupLine(g)}
		for _, f := range g.Stack.Frames {
			p.Frames = append(p.Frames, strings.TrimSpace(f.Func+"  "+place(f)))
		}
		data.Groups = append(data.Groups, p)
	}
	return dumpPage.Execute(w, data)
}
