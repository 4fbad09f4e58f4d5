package growth_test

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/debugtools/growth"
)

// A series that rises by ten bytes a sample, on a process that has warmed up.
func ExampleJudge() {
	values := make([]float64, 100)
	for i := range values {
		values[i] = 5000 + 10*float64(i)
	}
	t := growth.Judge(values, 256)
	fmt.Printf("%v: %s, %.0f a sample\n", t.Verdict, t.Reason, t.Rate)
	fmt.Println(growth.Judge(values, 1000).Reason)
	// Output:
	// grows: it goes on growing, 10 a sample
	// the second half stays within the floor
}
