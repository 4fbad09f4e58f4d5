// Package heap says who keeps memory. It reads heap dumps of runtime/debug.WriteHeapDump, finds the variable or goroutine without
// which memory would be freed, and compares two dumps or two heap profiles of one program.
//
//	d, err := heap.Read(file, heap.Options{Symbols: symbols})
//	a := d.Analyse()
//	for _, k := range a.Keepers() {
//		fmt.Println(k.String(), heap.Size(k.Bytes)) // global main.sessions 61 MB
//	}
//
// # What a dump can tell
//
// A heap dump has every object with its size and its pointers, and every root: global variables, the variables of goroutines,
// finalizers. It has no types and no names of variables: those come from the symbol table of the program ([ReadSymbols]), and an
// object is named by the place that allocated it if that was sampled (runtime.MemProfileRate), by that of its likes (same size,
// same pointers) or by its size.
//
// It also has entries that are no objects, three in a hundred of them: see [Dump.Phantoms]. Without them objects and bytes are
// exactly those of runtime.MemStats at the same moment, which the tests check on every dump they read.
//
// # What it cannot tell
//
// Taking a dump stops the program for all of it: a second for a million objects is usual. The dump has no functions of
// runtime.AddCleanup, no memory of C and no variables of plugins; what only those keep is counted as garbage. Variables of a
// goroutine whose address was taken are known only as words that look like pointers; they keep what nothing else keeps.
//
// Do not take a dump after the goroutine leak profile has found a leak: the runtime (up to Go 1.27 at least) does not know the state of such a
// goroutine in a dump, and ends the process. [Write] refuses.
package heap
