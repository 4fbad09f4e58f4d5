package chaos

import (
	"strings"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/sim"
)

// Partition cuts the network in two for a while, again and again: any hosts on either side, clients too, sometimes in one direction only. It shows who
// believes itself alone, and who believes the dead (Brewer's and Gilbert and Lynch's partitions, SIGACT News 33(2), 2002).
var Partition = &harness.Fault{
	Name:  "partition",
	Doc:   "the network is cut in two and mended, at times in one direction only; a majority must go on, and nobody else may believe to be one",
	Needs: harness.NeedWorld,
	Inject: func(env *harness.Env, d *harness.Decider) (func(), error) {
		w := env.World()
		return episodes(w, d, "partition", func() func() { return cut(w, d) }), nil
	},
}

// cut divides the hosts and returns what mends the cut.
func cut(w *sim.World, d *harness.Decider) func() {
	sides := divide(w, d)
	both := d.Pick("partition", "both-ways", 4) > 0
	names := strings.Join(sides[0], " ") + " | " + strings.Join(sides[1], " ")
	arrow := "are cut off from each other"
	if !both {
		arrow = "are cut off from left to right"
	}
	d.Fire("partition", names, 1)
	w.Note("network", "fault", "%s %s", names, arrow)
	across(sides, both, w.Block)
	return func() {
		across(sides, both, w.Unblock)
		w.Note("network", "fault", "%s are connected again", names)
	}
}

// divide puts each host on a side, neither of which is empty. Half of the time one host is alone.
func divide(w *sim.World, d *harness.Decider) (sides [2][]string) {
	hosts := w.Hosts()
	if len(hosts) < 2 {
		return sides
	}
	alone := d.Pick("partition", "alone", len(hosts))
	single := d.Pick("partition", "single", 2) == 0
	for i, h := range hosts {
		side := d.Pick("partition", h, 2)
		if single || i == alone {
			side = 0
		}
		if i != alone {
			side = 1 - side
		}
		sides[side] = append(sides[side], h)
	}
	if len(sides[1]) == 0 {
		sides[1], sides[0] = sides[0][:1], sides[0][1:]
	}
	return sides
}

// across does something to every link between the sides.
func across(sides [2][]string, both bool, do func(from, to string)) {
	for _, a := range sides[0] {
		for _, b := range sides[1] {
			do(a, b)
			if both {
				do(b, a)
			}
		}
	}
}
