package leak_test

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/debugtools/leak"
)

// A function that leaves a goroutine behind each time.
func ExampleRepeat() {
	stop := make(chan struct{})
	leaks, err := leak.Repeat(3, func() { go func() { <-stop }() })
	close(stop)
	fmt.Println(len(leaks), err)
	l := leaks[0]
	fmt.Println(l.State, l.Rate, l.Born)
	fmt.Println(l.Finding().Fix)
	// Output:
	// 1 <nil>
	// chan receive 1 [1 1 1]
	// close the channel when nothing more comes, or have it also wait for the end of a context that the test cancels
}
