package diagnose_test

import (
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
)

// crashText is a dump below a reason.
func crashText(reason string) string {
	return reason + "\n\ngoroutine 7 [running]:\nshop.(*Cart).Add(0xc000012340, 0x1)\n\t/src/shop/cart.go:12 +0x1d\ncreated by shop.Serve in goroutine 1\n\t/src/shop/serve.go:5 +0x1\n"
}

// raceText is a report of the race detector, with the later access by goroutine g.
func raceText(g string) string {
	return "==================\nWARNING: DATA RACE\nWrite at 0x00c000012340 by goroutine " + g + ":\n  shop.(*Cart).Add()\n      /src/shop/cart.go:12 +0x1d\n\n" +
		"Previous read at 0x00c000012340 by goroutine 8:\n  shop.(*Cart).Len()\n      /src/shop/cart.go:20 +0x1d\n\n" +
		"Goroutine " + g + " (running) created at:\n  shop.Serve()\n      /src/shop/serve.go:5 +0x1\n\nGoroutine 8 (running) created at:\n  shop.Serve()\n      /src/shop/serve.go:6 +0x1\n==================\n"
}

// TestCrash: what ended a program is said, and a dump that somebody asked for is no crash.
func TestCrash(t *testing.T) {
	for _, c := range []struct{ text, kinds, title, fix string }{
		{crashText("panic: runtime error: index out of range [7] with length 3"), "PROVED crash", "index out of range [7]", ""},
		{crashText("panic: send on closed channel"), "PROVED crash", "send on closed channel", "let only the side that sends"},
		{crashText("fatal error: concurrent map writes"), "PROVED crash", "concurrent map writes", "guard the map"},
		{crashText("panic: sync: negative WaitGroup counter"), "PROVED crash", "negative WaitGroup", "call Add before"},
		{crashText("panic: test timed out after 10m0s"), "NOTE timeout", "the time of a test was up", ""},
		{crashText("SIGQUIT: quit\nPC=0x46f2a1 m=0 sigcode=0"), "", "", ""},
		{raceText("7") + raceText("9"), "PROVED data-race", "data race: shop.(*Cart).Add writes (cart.go:12) while shop.(*Cart).Len reads (cart.go:20)", "same lock"},
	} {
		var kinds []string
		for _, f := range diagnose.Diagnose(dumpOf(t, c.text), diagnose.Options{}) {
			if f.Kind != "crash" && f.Kind != "timeout" && f.Kind != "data-race" {
				continue
			}
			kinds = append(kinds, f.Certainty.String()+" "+f.Kind)
			if !strings.Contains(f.Title, c.title) || !strings.Contains(f.Fix, c.fix) {
				t.Errorf("%q, fix %q, want %q and %q", f.Title, f.Fix, c.title, c.fix)
			}
		}
		if got := strings.Join(kinds, ", "); got != c.kinds {
			t.Errorf("%.60q: %q, want %q", c.text, got, c.kinds)
		}
	}
}
