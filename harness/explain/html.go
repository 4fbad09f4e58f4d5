package explain

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A pageData is what the page shows.
type pageData struct {
	Test, Failure, Headline, Signature, Evidence string
	Remarks                                      []string
	WaitTitle                                    string
	Waits                                        []pageWait
	Threads                                      []pageThread
	Rows                                         []pageRow
	Legend                                       []string
	Ending                                       string
	CriticalTitle                                string
	Critical                                     []pageCritical
	Uncontrolled                                 []string
	Output                                       string
}

type pageWait struct{ Who, At, Site, Source, Because, Stack string }

type pageThread struct{ Label, Title string }

// A pageRow is a line of the table: a step in the column of its goroutine, or a fold over all columns.
type pageRow struct {
	Number  int
	Fold    string
	Before  []struct{} // empty cells to the left
	After   []struct{}
	Cell    string
	Source  string
	Title   string // the stack
	Trail   string
	Forced  bool
	Blocked bool
	Mark    bool // one of the critical pair
}

type pageCritical struct {
	Order, What string
	Frames      []pageFrame
}

type pageFrame struct{ Func, Site, Source string }

// mostPageRows is how many lines the table of a page has, about.
const mostPageRows = 400

// HTML writes an execution as a page that needs nothing else: no script, no picture, no network.
func HTML(w io.Writer, e *Execution, o Options) error {
	a, src := analyse(e), newSources(o.Source)
	t := a.newTable(src, o.width(), mostPageRows)
	d := pageData{Test: sentence(a.e.Test), Failure: clean(a.e.Failure), Headline: a.Headline, Signature: a.Signature, Remarks: a.Remarks, Evidence: clip(a.e.Evidence, 64<<10),
		WaitTitle: a.waitTitle(), Legend: t.legend(), Ending: t.ending(), Output: clip(a.e.Output, 64<<10)}
	d.Waits = a.pageWaits(src)
	for i, by := range t.threads {
		g := a.threads[by]
		t.lane[by] = i
		d.Threads = append(d.Threads, pageThread{g.label(), "started at " + a.startOf(g).String()})
	}
	for _, r := range t.rows {
		d.Rows = append(d.Rows, t.pageRow(r))
	}
	d.Critical, d.CriticalTitle = a.pageCritical(src), a.criticalTitle()
	for _, u := range a.e.Uncontrol[:min(len(a.e.Uncontrol), 20)] {
		d.Uncontrolled = append(d.Uncontrolled, clean(u.What)+" ("+u.Site.String()+")")
	}
	return page.Execute(w, d)
}

func (a *analysis) pageWaits(src *sources) []pageWait {
	var all []pageWait
	for _, w := range a.Waits[:min(len(a.Waits), maxWaits)] {
		because := w.Because
		if e := a.expressionOf(src, w); e != "" {
			because = strings.TrimSuffix("for "+e+"; "+because, "; ")
		}
		all = append(all, pageWait{a.threads[w.by].label(), w.Reason, w.Site.String(), src.line(w.Site), because, stackText(a.threads[w.by].stack())})
	}
	return all
}

// startOf returns where a goroutine was started: in own code, if a library did it on behalf of that.
func (a *analysis) startOf(g *thread) Site {
	if i, ok := a.started[g.index]; ok && !g.Site.own() && a.steps[i].at().own() {
		return a.steps[i].at()
	}
	return g.Site
}

// pageRow renders one line of the table.
func (t *table) pageRow(r row) pageRow {
	if r.step < 0 {
		return pageRow{Fold: t.foldedText(r)}
	}
	s := t.steps[r.step]
	lane := t.lane[s.by]
	frames := t.stack(r.step)
	if len(s.Stack) > 0 {
		frames = s.Stack
	}
	p := pageRow{Number: r.step + 1, Cell: t.cell(r.step), Source: t.src.line(s.at()), Title: stackText(frames), Trail: t.trail(r.step),
		Forced: t.forced(r.step, t.shown), Blocked: s.Blocked && waitKinds[s.Kind],
		Before: make([]struct{}, lane), After: make([]struct{}, len(t.threads)-lane-1)}
	if c := t.Critical; c != nil {
		p.Mark = c.First == r.step || c.Second == r.step
	}
	return p
}

// pageFrames bounds the stack that hovering shows.
const pageFrames = 24

// stackText writes a stack, a frame a line.
func stackText(frames []Site) string {
	var b strings.Builder
	frames = slices.DeleteFunc(slices.Clone(frames), func(f Site) bool { return strings.HasPrefix(f.Func, "runtime.") })
	for i, f := range frames {
		if i == pageFrames {
			fmt.Fprintf(&b, "and %d more\n", len(frames)-i)
			break
		}
		fmt.Fprintf(&b, "%s  %s\n", trimmed(f.Func), f)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (a *analysis) pageCritical(src *sources) []pageCritical {
	if a.Critical == nil {
		return nil
	}
	var both []pageCritical
	for i, at := range [...]int{a.Critical.First, a.Critical.Second} {
		s := a.steps[at]
		c := pageCritical{Order: [...]string{"first", "then"}[i], What: fmt.Sprintf("step %d, %s: %s", at+1, a.threads[s.by].label(), s.word())}
		for _, f := range a.stack(at) {
			c.Frames = append(c.Frames, pageFrame{trimmed(f.Func), f.String(), src.line(f)})
		}
		both = append(both, c)
	}
	return both
}
