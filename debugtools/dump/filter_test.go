package dump

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// crowdText is a dump with something for every key of a filter.
const crowdText = `goroutine 1 [running]:
main.main()
	/src/main.go:30 +0x25

goroutine 7 [chan receive, 12 minutes, locked to thread]:
net/http.(*conn).serve(0xc0000)
	/usr/local/go/src/net/http/server.go:40 +0x25
created by main.start in goroutine 1
	/src/main.go:41 +0x2a

goroutine 8 [select, 2 minutes, synctest bubble 3] {user: anna, "a b": "c"}:
main.worker(0xc0000)
	/src/worker.go:12 +0x25
created by main.start in goroutine 7
	/src/main.go:41 +0x2a

goroutine 20 [chan receive (leaked)]:
main.worker(0xc0000)
	/src/worker.go:13 +0x25
created by main.other in goroutine 8
	/src/main.go:44 +0x2a
`

func TestFilter(t *testing.T) {
	d := read(t, crowdText)
	for expression, want := range map[string]string{
		`state="chan receive"`:                 "7 20",
		`state~^chan`:                          "7 20",
		`not state~^chan`:                      "1 8",
		`state!=running`:                       "7 8 20",
		`state==running`:                       "1",
		`serve`:                                "7",
		`func=worker file=/worker.go`:          "8 20",
		`func~"conn.*serve" or id=1`:           "1 7",
		`file~server.go$`:                      "7",
		`minutes>=2`:                           "7 8",
		`minutes>2 and minutes<=12`:            "7",
		`minutes < 2`:                          "1 20",
		`id=1,7-8`:                             "1 7 8",
		`parent=7 || bubble=0 && flag=leaked`:  "8 20",
		`label.user=anna`:                      "8",
		`label.user`:                           "8",
		`label.user!=anna`:                     "1 7 20",
		`label.user~^b`:                        "",
		`flag=locked`:                          "7",
		`creator=main.other`:                   "20",
		`!(id=1 or id=7)`:                      "8 20",
		`not not id=1`:                         "1",
		`count=1 "worker"`:                     "8 20",
		`(state=select or state=running) id>1`: "8",
		`"("`:                                  "7",
	} {
		f, err := ParseFilter(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		chosen := d.Select(f.Match)
		var ids []string
		for _, g := range chosen.Goroutines {
			ids = append(ids, fmt.Sprint(g.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s chooses %q, not %q", expression, got, want)
		}
		kept, err := Options{Keep: f.Match}.Read(strings.NewReader(crowdText))
		if err != nil || len(kept.Goroutines) != len(chosen.Goroutines) || kept.Dropped != 4-len(chosen.Goroutines) || chosen.Dropped != kept.Dropped {
			t.Errorf("%s while reading: %v, %d kept, %d dropped", expression, err, len(kept.Goroutines), kept.Dropped)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	for expression, want := range map[string]string{
		``:           `filter "": a condition is missing at column 1`,
		`minutes>=x`: `filter "minutes>=x": "x" is no number at column 10`,
		`id=1,x`:     `filter "id=1,x": "x" is no number and no range of numbers at column 4`,
		`colour=red`: `filter "colour=red": unknown key "colour" (state func file creator minutes id parent bubble count label.NAME flag) at column 1`,
		`state~(`:    `filter "state~(": a word is missing at column 7`,
		`state~"("`:  "filter \"state~\\\"(\\\"\": missing closing ): `(` at column 7",
		`(id=1`:      `filter "(id=1": missing ) at column 6`,
		`id=1)`:      `filter "id=1)": unexpected ")" at column 5`,
		`id=1 or`:    `filter "id=1 or": a condition is missing at column 8`,
		`func="x`:    `filter "func=\"x": a quote that does not end at column 6`,
		`flag=bad`:   `filter "flag=bad": unknown flag "bad" at column 6`,
		`minutes~3`:  `filter "minutes~3": numbers cannot be compared with ~ at column 9`,
		`func>3`:     `filter "func>3": func cannot be compared with > at column 6`,
		`flag~x`:     `filter "flag~x": flag cannot be compared with ~ at column 6`,
		`state=`:     `filter "state=": a word is missing at column 7`,
	} {
		_, err := ParseFilter(expression)
		var place *FilterError
		if !errors.As(err, &place) || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", expression, err, want)
		}
	}
}

// FuzzFilter: whatever the expression, an answer, and the place of an error lies within it.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"state=select and (id=1 or not label.a~b)", "!x", `"a\"b"`, "minutes>=5 || id=1-3,4"} {
		f.Add(s)
	}
	d, err := Read(strings.NewReader(crowdText))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := ParseFilter(text)
		var place *FilterError
		if errors.As(err, &place) && (place.At < 0 || place.At > len(text)) {
			t.Fatalf("%q: place %d", text, place.At)
		}
		if err == nil {
			d.Select(filter.Match)
		}
	})
}

// several returns the text of a dump with some goroutines at each of some lines.
func several(counts map[int]int, minutes int) string {
	var b strings.Builder
	id := 0
	for _, line := range slices.Sorted(func(yield func(int) bool) {
		for l := range counts {
			if !yield(l) {
				return
			}
		}
	}) {
		for range counts[line] {
			id++
			fmt.Fprintf(&b, "goroutine %d [chan receive, %d minutes]:\nmain.f(0x%x?)\n\t/src/main.go:%d +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:1 +0x1\n\n", line*100+id, minutes+id, id, line)
		}
		id = 0
	}
	return b.String()
}

func TestGroups(t *testing.T) {
	d := read(t, several(map[int]int{10: 2, 20: 5, 30: 1}, 3))
	groups := Groups(d)
	if len(groups) != 3 || groups[0].Count != 5 || groups[0].Stack.Frames[0].Line != 20 || groups[1].Count != 2 {
		t.Fatalf("%+v", groups)
	}
	g := groups[0]
	if g.MinMinutes != 4 || g.MedianMinutes != 6 || g.MaxMinutes != 8 || g.Timed != 5 || g.Stacks != 1 || !slices.Equal(g.IDs(d, 2), []int64{2005, 2004}) {
		t.Errorf("%+v, ids %v", g, g.IDs(d, 2))
	}
	for _, by := range []By{ByState, ByFunction, ByCreator, ByLabel("x")} {
		if all := Groups(d, by); len(all) != 1 || all[0].Count != 8 || all[0].Stacks != 3 {
			t.Errorf("%s: %+v", by.Name, all)
		}
	}
	crowd := read(t, crowdText)
	if got := Groups(crowd, ByState, ByLabel("user")); len(got) != 3 || !slices.Equal(got[0].Keys, []string{"chan receive", ""}) {
		t.Errorf("%+v", got)
	}
}

func TestDiffAndTrend(t *testing.T) {
	a := read(t, several(map[int]int{10: 2, 20: 5, 30: 1}, 3))
	b := read(t, several(map[int]int{10: 3, 20: 4, 40: 1}, 5))
	diff := Diff(a, b)
	if len(diff.New) != 2 || len(diff.Gone) != 2 || len(diff.Same) != 6 || len(diff.Moved) != 0 {
		t.Errorf("%d new, %d gone, %d same, %d moved", len(diff.New), len(diff.Gone), len(diff.Same), len(diff.Moved))
	}
	if g := diff.Groups; len(g) != 4 || g[0].By() != 1 || g[3].By() != -1 || g[0].Steady() {
		t.Errorf("%+v", g)
	}
	c := read(t, several(map[int]int{10: 9, 20: 4}, 7))
	course := Trend([]*Dump{a, b, c})
	if g := course.Groups[0]; g.By() != 7 || !g.Steady() || g.Stack.Frames[0].Line != 10 {
		t.Errorf("%+v", g)
	}
	if len(course.Stuck) != 6 || !course.Stuck[0].Growing || !slices.Equal(course.Stuck[0].Minutes, []int{7, 9, 11}) {
		t.Errorf("%+v", course.Stuck)
	}
	if two := Trend([]*Dump{a, b}); len(two.Stuck) != 0 || two.Groups[0].Steady() {
		t.Errorf("two dumps say %+v", two.Stuck)
	}
}

// TestDiffMoved: the same goroutine elsewhere, and another process's goroutine with the same number.
func TestDiffMoved(t *testing.T) {
	a := read(t, several(map[int]int{10: 1}, 3))
	moved := strings.ReplaceAll(several(map[int]int{10: 1}, 3), "main.go:10", "main.go:11")
	if d := Diff(a, read(t, moved)); len(d.Moved) != 1 || len(d.Same) != 0 {
		t.Errorf("%+v", d)
	}
	other := strings.ReplaceAll(several(map[int]int{10: 1}, 3), "created by main.main", "created by main.other")
	if d := Diff(a, read(t, other)); len(d.New) != 1 || len(d.Gone) != 1 {
		t.Errorf("%+v", d)
	}
}
