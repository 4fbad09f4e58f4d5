package classics

import (
	"fmt"

	"github.com/concurrency-god-mode/godmode/harness/model"
)

// longTraces returns the programs in which a small window lies in a long run of other business.
func longTraces() []*Classic {
	var list []*Classic
	for _, size := range [][2]int{{2, 50}, {4, 200}} {
		workers, rounds := size[0], size[1]
		list = append(list, &Classic{
			Name: fmt.Sprintf("longtrace_%dx%d", workers, rounds),
			Doc: "Workers go many rounds of adding to two variables that two locks protect. Half-way each adds once to a third, which no lock protects: " +
				"an update is lost if two are there at the same time. The twin has a lock there too.",
			Source:  "this project",
			Program: longTrace(workers, rounds, false),
			Fixed:   longTrace(workers, rounds, true),
		})
	}
	return list
}

// longTrace hides a lost update half-way through many rounds.
func longTrace(workers, rounds int, locked bool) model.Program {
	return func(t *model.T) {
		m, counters := [2]*model.Mutex{t.NewMutex(), t.NewMutex()}, [2]*model.Int{t.NewInt(0), t.NewInt(0)}
		shared := t.NewInt(0)
		work := func(t *model.T) {
			for round := range rounds {
				for i := range m {
					holding(t, m[i], func() { add(t, counters[i], 1) })
				}
				if round != rounds/2 {
					continue
				}
				if locked {
					holding(t, m[0], func() { add(t, shared, 1) })
				} else {
					add(t, shared, 1)
				}
			}
		}
		together(t, several(workers, work)...)
		t.Assert(shared.Load(t) == int64(workers), "an update was lost")
	}
}
