// Package linear decides whether a concurrent history is linearizable: whether overlapping operations can be explained by one order in which each took
// effect at a single moment between its call and its return (Herlihy and Wing, Linearizability, TOPLAS 12(3), 1990).
//
// The checker is a pure function over data. It knows a history as intervals ([Op]) and a specification as a state with a step function
// ([Model]); it has no clock and starts no goroutine. Its answer is [Ok] with a witness, [Illegal] with the place where no order could
// go on, or [Unknown] if a limit was reached, which is never to be read as a pass.
//
// Use [Overlap] beside it: a history without overlap is linearizable whenever it is sequentially right, and shows nothing about concurrency.
package linear
