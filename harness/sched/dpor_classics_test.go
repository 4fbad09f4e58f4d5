package sched_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/model"
	"github.com/concurrency-god-mode/godmode/harness/model/classics"
	. "github.com/concurrency-god-mode/godmode/harness/sched"
)

// verdict is what exploring a program to the end says.
func verdict(e *model.Engine, p model.Program, most int) (d *DPOR, sum model.Summary, text string) {
	d = NewDPOR()
	sum = e.ExploreAll(p, d, 1, most)
	text = fmt.Sprintf("first %4d, %5d traces + %4d given up, %4d fail", sum.First, d.Traces(), d.Blocked(), sum.Failed)
	if !d.Exhausted() {
		text += fmt.Sprintf(", not exhausted (%d cut off, about %.2g %%)", d.CutOff(), 100*d.Progress())
	}
	return d, sum, text
}

// TestClassicsUnderReduction finds the bug of small classic programs, and none in their mended twins. Of those marked small every trace of the twin
// is executed, which is a proof; of the others only the first ones are.
func TestClassicsUnderReduction(t *testing.T) {
	small := []string{"account", "lazy01", "deadlock01", "token_ring", "carter01", "bluetooth_driver", "stringbuffer-jdk1.4", "twostage", "reorder_3", "reorder_4",
		"wronglock_3"}
	others := []string{"stack", "circular_buffer", "queue", "WorkStealQueue", "InterlockedWorkStealQueue", "StateWorkStealQueue"}
	e := model.New(model.Limits{Steps: 500})
	defer e.Close()
	for i, name := range slices.Concat(small, others) {
		c := classics.Find(name)
		most := 1600 / share
		if testing.Short() {
			most = 200
		}
		_, sum, text := verdict(e, c.Program, most)
		fixed, fixedSum, fixedText := verdict(e, c.Fixed, most)
		t.Logf("%-26s %s | mended: %s", name, text, fixedText)
		if fixedSum.Failed > 0 || fixed.Diverged() > 0 {
			t.Errorf("%s: the mended program fails in %d traces and diverges in %d", name, fixedSum.Failed, fixed.Diverged())
		}
		if i < len(small) && !fixed.Exhausted() {
			t.Errorf("%s: the mended program is not explored to the end", name)
		}
		if sum.First == 0 {
			t.Errorf("%s: no trace fails", name)
		}
	}
}
