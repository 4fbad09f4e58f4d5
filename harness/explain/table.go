package explain

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A table is the interleaving: a line a step, a column a goroutine.
type table struct {
	*analysis
	src     *sources
	rows    []row
	shown   map[int]bool
	threads []int          // that have a column, by index, in the order of their numbers
	lane    map[int]int    // of each of those
	letters map[int]string // of objects, if the table is about several
	order   []int          // the objects that have letters
	file    string         // whose name is left out
	tests   bool           // its test file occurs too
	child   map[int]int    // by step: the goroutine that it started
	width   int
}

// mostRows is how many lines a table has, about.
const mostRows = 48

func (a *analysis) newTable(src *sources, width, lines int) *table {
	t := &table{analysis: a, src: src, rows: a.rows(lines), shown: map[int]bool{}, lane: map[int]int{}, letters: map[int]string{}, child: map[int]int{}, width: width}
	files := map[string]int{}
	for _, r := range t.rows {
		if r.step < 0 {
			continue
		}
		s := a.steps[r.step]
		t.shown[r.step] = true
		if !slices.Contains(t.threads, s.by) {
			t.threads = append(t.threads, s.by)
		}
		if s.at().own() {
			files[s.at().File]++
		}
		if !s.goesOn() {
			t.letter(s.Object)
		}
		if p := s.picked(); p != nil {
			t.letter(p.Object)
		}
	}
	for by, from := range a.started {
		t.child[from] = by
	}
	delete(files, "")
	t.file = most(files)
	if stem, ok := strings.CutSuffix(t.file, "_test.go"); ok && files[stem+".go"] > 0 {
		t.file = stem + ".go" // what is tested, rather than the test
	}
	t.tests = files[t.testFile()] > 0
	slices.SortFunc(t.threads, func(i, j int) int { return a.threads[i].ID - a.threads[j].ID })
	if len(t.order) == 1 {
		clear(t.letters)
	}
	return t
}

// most returns the key with the largest count, the smallest of several, "" of none.
func most(counts map[string]int) string {
	found := ""
	for k, n := range counts {
		if m := counts[found]; found == "" || n > m || n == m && k < found {
			found = k
		}
	}
	return found
}

// letter gives an object a name for the table: A to Z, then A1 to Z1.
func (t *table) letter(object int) {
	if object < 0 || t.letters[object] != "" {
		return
	}
	n := len(t.order)
	name := string(rune('A' + n%26))
	if n >= 26 {
		name += strconv.Itoa(n / 26)
	}
	t.letters[object] = name
	t.order = append(t.order, object)
}

// cell says what a step is: "Lock A :39".
func (t *table) cell(i int) string {
	s := t.steps[i]
	words := []string{t.word(s)}
	if s.Kind == "Go" {
		if by, ok := t.child[i]; ok {
			words = append(words, fmt.Sprintf("G%d", t.analysis.threads[by].ID))
		}
	}
	if l := t.letters[s.Object]; l != "" && !s.goesOn() {
		words = append(words, l)
	}
	if place := t.place(s.at()); place != "" && s.at().own() {
		words = append(words, place)
	}
	if s.Blocked && waitKinds[s.Kind] {
		words = append(words, "waits")
	}
	return clip(strings.Join(words, " "), 34)
}

// word names the operation of a step, and a Done as such where that can be seen.
func (t *table) word(s step) string {
	if s.Kind != "Add" {
		return s.word()
	}
	f := s.Site.Func
	if f == "runtime.goexit" || strings.HasPrefix(f, "sync.(*WaitGroup).Done") || strings.HasPrefix(f, "sync.(*WaitGroup).Go.func") || strings.Contains(t.src.line(s.at()), ".Done()") {
		return "Done"
	}
	return "Add"
}

// word names the operation of a step.
func (s step) word() string {
	switch s.Kind {
	case "":
		return "goes on"
	case "Begin":
		return "begins"
	case "End":
		return "ends"
	case "Go":
		return "go"
	case "CondWait":
		return "Wait"
	case "Panic":
		return "panics"
	case "Fatal":
		return "ends the process"
	case "Exit":
		return "calls os.Exit"
	case "Clock":
		return "clock runs"
	}
	return clean(s.Kind)
}

// place returns a line, with its file if that is not the file of the table.
func (t *table) place(at Site) string {
	switch {
	case at.File == "":
		return ""
	case at.File == t.file:
		return ":" + strconv.Itoa(at.Line)
	case at.File == t.testFile():
		return "test:" + strconv.Itoa(at.Line)
	}
	return at.String()
}

// testFile returns the name of the test file that belongs to the file of the table.
func (t *table) testFile() string {
	stem, ok := strings.CutSuffix(t.file, ".go")
	if !ok {
		return ""
	}
	return stem + "_test.go"
}

// trail says what is special about a step.
func (t *table) trail(i int) string {
	s := t.steps[i]
	var parts []string
	if t.forced(i, t.shown) {
		parts = append(parts, "<- forced switch")
	}
	if p := s.picked(); p != nil {
		parts = append(parts, "<- forced choice: "+t.pickText(p))
	}
	if w, ok := t.waker[i]; ok {
		by := t.steps[w]
		parts = append(parts, fmt.Sprintf("after G%d's %s", t.analysis.threads[by.by].ID, t.word(by)))
	}
	if s.Note != "" {
		parts = append(parts, sentence(s.Note))
	}
	return strings.Join(parts, "; ")
}

// A layout is how wide things are.
type layout struct {
	number int
	starts []int // of the columns, and where the last one ends
	named  bool  // several goroutines share a column, so each cell names its own
}

func (l layout) lanes() int { return len(l.starts) - 1 }

// Widths in characters.
const (
	nameWidth  = 20 // of a goroutine at the head of its column, if there is room
	mostLanes  = 12 // columns, however narrow
	leastName  = 12 // and if there is none
	trailWidth = 16 // what there must be room for at the end of a line: a forced switch
)

// layout fits the columns into the width: each goroutine has its own if that is possible, else they share.
func (t *table) layout(cells, trails []string) layout {
	l := layout{number: max(4, len(strconv.Itoa(len(t.steps))))}
	trail := 0
	for _, s := range trails {
		trail = max(trail, utf8.RuneCountInString(s))
	}
	room := t.width - 4 - l.number - 2
	for lanes := min(len(t.threads), mostLanes); lanes >= 1; lanes-- {
		for _, try := range [...]struct{ name, trail int }{{nameWidth, trail}, {nameWidth, min(trail, trailWidth)}, {leastName, min(trail, trailWidth)}} {
			l.starts = t.columns(lanes, t.needed(cells, try.name))
			l.named = lanes < len(t.threads)
			if l.starts[lanes]+try.trail <= room || lanes == 1 {
				return l
			}
		}
	}
	return l
}

// needed returns how wide the cells and the name of each goroutine are.
func (t *table) needed(cells []string, name int) map[int]int {
	need := map[int]int{}
	for i, r := range t.rows {
		if r.step >= 0 {
			by := t.steps[r.step].by
			need[by] = max(need[by], utf8.RuneCountInString(cells[i]), min(utf8.RuneCountInString(t.analysis.threads[by].label()), name))
		}
	}
	return need
}

// columns returns where columns start if there are so many, and lets each goroutine know its own.
func (t *table) columns(lanes int, need map[int]int) []int {
	widths := make([]int, lanes)
	for i, by := range t.threads {
		label := 0
		if lanes < len(t.threads) {
			label = 2 + len(strconv.Itoa(t.analysis.threads[by].ID))
		}
		t.lane[by] = i % lanes
		widths[i%lanes] = max(widths[i%lanes], need[by]+label)
	}
	starts := make([]int, lanes+1)
	for i, w := range widths {
		starts[i+1] = starts[i] + w + 2
	}
	return starts
}

// write renders the table.
func (t *table) write(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	cells, trails := make([]string, len(t.rows)), make([]string, len(t.rows))
	for i, r := range t.rows {
		if r.step >= 0 {
			cells[i], trails[i] = t.cell(r.step), t.trail(r.step)
		}
	}
	l := t.layout(cells, trails)
	t.writeHeader(w, l)
	for i, r := range t.rows {
		if r.step < 0 {
			fmt.Fprintf(w, "    %*s  %s\n", l.number, "", t.foldedText(r))
			continue
		}
		by := t.steps[r.step].by
		cell := cells[i]
		if l.named {
			cell = fmt.Sprintf("G%d %s", t.analysis.threads[by].ID, cell)
		}
		line := strings.Repeat(" ", l.starts[t.lane[by]]) + cell
		if trails[i] != "" {
			line = pad(line, l.starts[l.lanes()]) + trails[i]
		}
		fmt.Fprintf(w, "    %*d  %s\n", l.number, r.step+1, clip(line, max(20, t.width-4-l.number-2)))
	}
	fmt.Fprintf(w, "    %*s  ---- %s\n", l.number, "", t.ending())
}

// writeHeader names the columns; where several goroutines share one, there are several lines.
func (t *table) writeHeader(w io.Writer, l layout) {
	for from := 0; from < len(t.threads); from += l.lanes() {
		var line strings.Builder
		for i, by := range t.threads[from:min(len(t.threads), from+l.lanes())] {
			line.WriteString(pad("", l.starts[i]-utf8.RuneCountInString(line.String())))
			line.WriteString(clip(t.analysis.threads[by].label(), l.starts[i+1]-l.starts[i]-2))
		}
		title := "step"
		if from > 0 {
			title = ""
		}
		fmt.Fprintf(w, "    %*s  %s\n", l.number, title, strings.TrimRight(line.String(), " "))
	}
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// foldedText says what a folded row stands for.
func (t *table) foldedText(r row) string {
	what := plural(r.folded, "more step")
	if len(r.by) == 1 {
		return fmt.Sprintf("... %s of G%d", what, t.analysis.threads[r.by[0]].ID)
	}
	return fmt.Sprintf("... %s of %d goroutines", what, len(r.by))
}

// ending says how it ended.
func (t *table) ending() string {
	switch t.e.Failure {
	case "deadlock":
		return "deadlock: nobody can run"
	case "leak":
		return "the test has ended; the others wait forever"
	case "livelock":
		return "livelock: this goes on and on"
	case "":
		return "end"
	}
	return clip(clean(t.e.Failure)+": "+strings.TrimPrefix(oneLine(t.e.Message), "panic: "), 90)
}

// legend explains the letters, and what is not in the table.
func (t *table) legend() []string {
	all := t.letterLegend()
	if t.file != "" {
		text := ":N is a line of " + clean(Site{File: t.file}.base())
		if t.tests {
			text += ", test:N of " + clean(Site{File: t.testFile()}.base())
		}
		all = append(all, text)
	}
	steps, seen := 0, map[int]bool{}
	for _, s := range t.steps {
		if !slices.Contains(t.threads, s.by) && t.analysis.threads[s.by].own {
			steps++
			seen[s.by] = true
		}
	}
	if steps > 0 {
		all = append(all, fmt.Sprintf("not shown, since it plays no part: %s of %s", plural(steps, "step"), plural(len(seen), "other goroutine")))
	}
	return all
}

// letterLegend says what the letters stand for. Objects of which the same is known share a line.
func (t *table) letterLegend() []string {
	var texts []string
	letters := map[string][]string{}
	for _, id := range t.order {
		if t.letters[id] == "" {
			continue
		}
		o, _ := t.object(id)
		text := strings.TrimSpace(clean(o.Type) + " " + clean(o.Name))
		if names := t.expressions(id, t.rows); len(names) > 0 && o.Name == "" {
			text += " " + strings.Join(names, ", ")
		}
		if letters[text] == nil {
			texts = append(texts, text)
		}
		letters[text] = append(letters[text], t.letters[id])
	}
	for i, text := range texts {
		texts[i] = strings.TrimSpace(strings.Join(letters[text], " ") + "  " + text)
	}
	return texts[:min(len(texts), mostLegend)]
}

const mostLegend = 12

// plural writes a number of things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
