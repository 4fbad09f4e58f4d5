// Package diagnose says what is wrong in a goroutine dump, how certain that is, and why.
//
//	for _, f := range diagnose.Diagnose(d, diagnose.Options{}) {
//		fmt.Println(f.Certainty, f.Title)
//	}
//
// # What a dump can prove
//
// A plain dump has who waits and, mostly, the address of what for. It never has who holds a lock: a sync.Mutex does not know. So
// little follows from a plain dump alone: an operation on a nil channel, a sync.Once inside of itself, the runtime's own word that everybody
// sleeps, a goroutine that the collector found unreachable. A dump of a program built to record owners has the holders too, and
// then circles are proofs.
//
// Everything else is likely at best. Holders are inferred in this order, and the finding says how: the source of a frame shows that its line lies
// between Lock and Unlock of the same field, and the receiver among its arguments lies just in front of the lock's address; the same without
// an address that is still alive. A rule that needs to know that nobody else could help asks whether anything in the dump could: a
// goroutine that runs, sleeps, or waits for the network or a timer. If so it stays silent, or writes a note.
//
// # Channels and wait groups of one function
//
// Much is decided although the program sleeps or works elsewhere where the channel or sync.WaitGroup is a local variable that by the source never gets out:
// it is made in place and used only for sends, receives, range, select, close, len and cap, or for calls of its own methods, by its function and the literals
// in it. Then only goroutines in one call of that function can touch it, and which of them still can follows from where they stand: an operation counts if it
// is on their line or further down, in a loop around it, deferred, or in a literal that is called or started from there. Calls of the function are told apart
// by the goroutine that made them, as "created by" names it. If nobody is left who comes to the operation, that is said (no-peer, early-return); if those who
// are left wait themselves, they are edges of the graph, and knots of them are found (wait-cycle).
//
// It errs to the side of silence. A variable that is passed to any function is not followed, but to a literal that is called in place; nor is one that is
// assigned twice. A literal that is stored, returned or passed on may be called at any time. Branches are not looked at: what stands further down counts as
// reachable. Where goroutines have lines that fit several literals, where frames are missing or the dump is cut, or where one goroutine has called the
// function several times, whoever might help counts as one who can. Who waits for what no line ever does, in the function itself, or for somebody in a select
// without cases, may mean to wait for ever. A dump without goroutine 1 is taken for a part of one.
//
// # Confidence
//
// The confidence of a likely finding is a constant of its rule. It is bounded by the programs in testdata/scenarios: TestConfidence asks that
// it is at most (right+1)/(all+2), the rule of succession, over every dump of them in which the rule spoke, right or wrong. The programs come
// from the same hand as the rules, and the dumps of one program are alike: programs of others may be less kind. testdata/table.txt shows what is said of each.
//
// # Sources
//
// Sources must be those of the program: that a frame's line lies in a function of the same name is all that is checked. A wrong version can make a likely
// finding wrong, never a proved one. A dump that was read from a program while it went on (live) can show two goroutines at different moments; what rests on
// where several stand is said of it only if further readings show it too (Options.Again). What a function locks for its caller, through an interface or in
// another file's types is not seen.
//
// # Cost
//
// Diagnose is linear in the goroutines of the dump, with work that needs source text done once for each distinct stack.
package diagnose
