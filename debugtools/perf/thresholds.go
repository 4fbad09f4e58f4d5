package perf

import "time"

// What a rule calls much. The numbers are chosen so that a program without the defect stays below by a wide margin (TestTwins) and one whose time goes
// there stands above; they are no law of nature. Whoever wants others reads the fields of [Trace] and [Profile], which hold everything the rules see.
const (
	// A lock is worth a finding if half a goroutine waits for it on average: then somebody waits at least half of the time.
	lockWaiters = 0.5
	lockWaits   = 10 // fewer waits than this may be one accident
	// A line stands before a lock if two wait on average, each longer than the 1 ms after which sync.Mutex hands over in order of arrival
	// (starvationThresholdNs in internal/sync/mutex.go): from then on each handover costs a switch.
	convoyWaiters = 2.0
	convoyWait    = time.Millisecond
	// The holder is said to wait with the lock if that fills a quarter of the trace, or half of all waits for the lock.
	heldTrace, heldWaits = 0.25, 0.5

	// A consumer is a bottleneck if on average one sender is blocked and the consumers wait for work in less than a fifth of their life.
	sendersBlocked = 1.0
	sends          = 10
	consumerIdle   = 0.2

	// A goroutine starves if it spends a tenth of its life waiting for a processor while all are busy, ten times as long as it runs, and once for 10 ms,
	// which is when the scheduler asks a goroutine that runs to give way (forcePreemptNS in runtime/proc.go). A group that takes a tenth of all time on
	// processors itself does not starve: it is what the processors are busy with.
	starvedLife = 0.1
	starvedRun  = 10
	starvedPart = 0.1
	starvedOnce = 10 * time.Millisecond

	// Sleeps are late if they take twice as long as the shortest at the same place on average, and 1 ms more, and all processors were busy in most of that time.
	lateSleeps = 5
	lateFactor = 2
	lateBy     = time.Millisecond
	lateFull   = 0.8

	// The collector takes a quarter of a processor by design while it marks; over a whole trace, a quarter of all time is much. So is a tenth spent helping it.
	gcShare, assistShare, gcCycles = 0.25, 0.1, 3
	longStop                       = 10 * time.Millisecond

	// System calls are too small if a thousand of them took 20 us or less on average, and a fifth of the program's time.
	smallCall, smallCalls, smallCallShare = 20 * time.Microsecond, 1000, 0.2

	// Goroutines are too small if a thousand of them ran for less than 2 us on average.
	tinyRun, tinyCount = 2 * time.Microsecond, 1000

	// Notes.
	idleNote    = 0.5 // of the trace nothing ran
	starvedNote = 0.1 // of the trace somebody was ready beside an idle processor
	fullNote    = 0.9 // of the trace all processors were busy
)
