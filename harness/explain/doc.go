// Package explain turns one controlled execution into something that a tired person understands.
//
// An [Execution] is what happened, as an engine recorded it. [Analyse] asks what it means: who waits for what, held by whom; whether that is a
// cycle; what became of the last signal; which two operations came in the order that decided. [Text], [HTML] and [JSON] show it: a
// sentence, the goroutines that wait, and a table with a column a goroutine, in which the forced switches are marked and what does not
// matter is folded. [Signature] names the failure so that the same mistake gets the same name on every schedule.
//
// # Limits
//
// An engine records operations, not values. So who holds a lock is known exactly as far as the operations before it were recorded, and an
// edge of the wait-for graph that rests on it is called proved. Who would have sent, or called Done, is only inferred: from who did so before
// or was started by the one who waits. Sentences that rest on this say "likely". Everything is a pure function of the execution; nothing that an
// execution holds, however wrong, makes it panic.
package explain
