// Package harness holds the nouns of godmode and the engines that run them: a harness runs a [Target] while faults disturb
// it, asks which properties held, and keeps every failure as a [Case] that replays.
//
// # Where to start
//
// A [Target] is declared once, as one struct literal, and every engine runs it:
//
//	func TestRing(t *testing.T) {
//		harness.Test(t, &harness.Target{
//			Name: "ring",
//			Doc:  "bounded multi-producer multi-consumer ring",
//			New:  func(env *harness.Env) any { return ring.New[int](4, env.Hook()) },
//			Operations: []harness.Operation{
//				harness.Op("put", nil, func(r *ring.Ring[int], v int) bool { return r.TryPut(v) }),
//				harness.Op0OK("get", func(r *ring.Ring[int]) (int, bool) { return r.TryGet() }),
//			},
//			Model: properties.BoundedQueue(4),
//		})
//	}
//
// Plain go test runs it under the engine check. The command harness chooses another engine for the same test: harness stress,
// race, explore, chaos, soak.
//
// # What a green run does not prove
//
// No engine of this package proves a program correct. Check explores the schedules of small generated programs up to a bound;
// stress samples schedules that the machine happened to produce. A [Result] therefore says, in NotProved, what was left out,
// and a run in which nothing overlapped is [Inconclusive], never a pass.
//
// # How the package is laid out
//
// The nouns are in target.go, operation.go, model.go, property.go, fault.go, history.go, verdict.go and env.go. The engines are
// in check.go, stress.go, live.go and explored.go, which is the part of explore that runs inside of a test. Their cores are step functions over data in packages of their own:
// linear (histories), coop (controlled schedules at named points), sim (machines, network, clock), casefile and report.
package harness
