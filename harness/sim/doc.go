// Package sim is a world of machines in one goroutine: nodes that start, crash and restart, a network between them, a clock and a disk on each,
// and clients that wait in virtual time. The same seed gives the same run, event by event.
//
// # The idea
//
// A distributed system is tested badly on real machines: what goes wrong depends on moments, and moments do not come back. Here a machine is
// a step function, a [Handler] that is told of one message or one timer at a time and acts through its [Machine]. The [World] keeps the events that
// are to come in the order of virtual time, takes the next one, lets the one machine that it concerns make its step, and goes on. How long a message
// travels, which of two events at one moment comes first, what a disk keeps in a crash, how fast a clock runs: all of it is drawn from one stream
// ([choice.Stream]). So a failure is a seed; an hour passes in milliseconds; a run that waits for nothing has ended, which is how a
// deadlock is seen without a timeout.
//
// The style is that of the simulation of FoundationDB (Zhou et al., FoundationDB: A Distributed Unbundled Transactional Key Value Store, SIGMOD
// 2021, section 4); the event loop is the classic one (Misra, Distributed Discrete-Event Simulation, ACM Computing Surveys 18(1), 1986, section 1).
//
// # How a system is built
//
// A target of the harness builds its machines on Env.World, and its clients on ports; the engines let time pass. By hand it looks like this, and
// [Example] runs it:
//
//	w := sim.New(choice.New(seed))
//	w.Machine("echo", func(m *sim.Machine) sim.Handler { return &echo{m} }) // called again after each crash
//	p := w.Port("client")
//	w.Go("client", func() {
//		p.Send("echo", "hello")
//		answer, ok := p.Recv(time.Second) // blocks in virtual time
//	})
//	for w.Step() {
//	}
//
// # What a system may rely on
//
//   - A step is atomic: nothing else happens until it returns. The one exception is a crash in the middle of it, which can strike where it sends or syncs.
//   - Messages are values: they are copied when they are sent, and may hold no pointer, function or channel. They are lost, delayed, overtaken and
//     duplicated if a fault says so; without faults they only overtake each other, unless [Config.Ordered] is set.
//   - A crash ends what the machine knew: its handler and its timers are gone. It boots again by the same function, with nothing but its [Disk].
//   - Clocks differ: each runs fast or slow by at most [Config.Drift]. [Machine.Now] never jumps while the machine is up, and starts anywhere
//     at each boot; [Machine.Wall] is the time of day, which may be set forward and back.
//   - A client is a coroutine that blocks in [Port.Recv] and [Port.Sleep]. Only time passes meanwhile.
//
// # What it does not show
//
// Steps take no time and a machine has one thread, so a data race, a full queue, a slow disk or an overloaded processor do not exist here. A handler that
// ranges over a map, or reads the real clock or a global generator, is not a function of the seed; engines run seeds twice to notice.
//
// # What it costs
//
// 4 000 000 events of BenchmarkEvents (two machines that answer each other and set a timer anew each time) and of BenchmarkClient (a machine and a client that
// waits for each answer) took 2.2 and 2.0 s of processor time on a virtual machine of 2 cores (AMD EPYC, Go 1.26): about half a microsecond an event, 1.8
// to 2 million events a second of one core, and one allocation, the message. A new world with three machines and a client, some hundred events
// of life, and its end take about 100 microseconds.
package sim
