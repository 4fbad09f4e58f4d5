package dump_test

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

const text = `goroutine 1 [running]:
main.main()
	/src/main.go:30 +0x25

goroutine 7 [chan receive, 12 minutes]:
main.worker(0xc000012345)
	/src/worker.go:13 +0x25
created by main.main in goroutine 1
	/src/main.go:41 +0x2a

goroutine 8 [chan receive, 3 minutes]:
main.worker(0xc000012345)
	/src/worker.go:13 +0x25
created by main.main in goroutine 1
	/src/main.go:41 +0x2a
`

func ExampleRead() {
	d, err := dump.Read(strings.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range d.Goroutines {
		fmt.Println(g.ID, g.State, g.Stack.Own().Func)
	}
	// Output:
	// 1 running main.main
	// 7 chan receive main.worker
	// 8 chan receive main.worker
}

func ExampleGroups() {
	d, err := dump.Read(strings.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range dump.Groups(d) {
		fmt.Println(g.Count, g.State, g.Stack.Own().Func, "for up to", g.MaxMinutes, "minutes, for example", g.IDs(d, 1))
	}
	// Output:
	// 2 chan receive main.worker for up to 12 minutes, for example [7]
	// 1 running main.main for up to 0 minutes, for example [1]
}

func ExampleParseFilter() {
	f, err := dump.ParseFilter(`state~^chan minutes>=5 not creator=http`)
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := dump.Options{Keep: f.Match}.Read(strings.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Goroutines[0].ID, "and", d.Dropped, "others")
	_, err = dump.ParseFilter("minutes>=soon")
	fmt.Println(err)
	// Output:
	// 7 and 2 others
	// filter "minutes>=soon": "soon" is no number at column 10
}
