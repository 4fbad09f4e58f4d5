package diagnose_test

import (
	"fmt"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// A goroutine that receives from a nil channel waits forever, whatever the rest of the program does.
func ExampleDiagnose() {
	d, err := dump.Read(strings.NewReader(`goroutine 7 [chan receive (nil chan), 3 minutes]:
example.com/shop.(*Feed).Watch(0xc000012340)
	/src/shop/feed.go:12 +0x20
created by example.com/shop.Start in goroutine 1
	/src/shop/feed.go:30 +0x20
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range diagnose.Diagnose(d, diagnose.Options{Quiet: true}) {
		fmt.Printf("%s %s\n%s\nfix: %s\n", f.Certainty, f.Title, strings.Join(f.Evidence, "\n"), f.Fix)
	}
	// Output:
	// PROVED 1 goroutine waits forever to receive from a nil channel
	// G7  Feed.Watch  chan receive (nil chan)  at feed.go:12  since 3 min  started at feed.go:30
	// fix: make the channel before it is used at feed.go:12
}
