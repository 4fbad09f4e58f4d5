// Package live takes a goroutine dump of a running Go program from outside: a jstack for Go.
//
//	d, err := live.Read(pid, live.Options{})
//	for _, g := range d.Goroutines {
//		fmt.Println(g.ID, g.State, g.Waited, g.Waits)
//	}
//
// The program need not have been built for it, is not killed as SIGQUIT would do, and nothing is written into it: its memory is read through
// process_vm_readv(2), or /proc/PID/mem where that is not allowed, and the structures of its runtime are followed. It works for Go 1.22 to 1.27 on
// linux/amd64, for stripped programs (-ldflags="-s -w"), position-independent ones and those built with -race.
//
// # What it knows that no text dump says
//
//   - The exact object of every goroutine that is blocked in a channel operation, a select (all of its cases, with their directions), a lock, a wait group, a
//     condition variable or on a descriptor, with its present state: messages, buffer, closed, counter, readers. See Goroutine.Waits.
//   - How long it has been blocked in nanoseconds instead of whole minutes. As in a text dump the clock starts when a collection first saw it blocked.
//   - Profiler labels, which Go 1.26 does not print unless it is asked to.
//
// Who holds a sync.Mutex is not in the memory of an ordinary program: owners are known only for programs that package owners has built.
//
// # What may be wrong
//
// The program runs while it is read. Each goroutine is read twice: if it has run in between (the runtime counts that), it is read again, at most
// [Options.Retries] times; one that keeps moving has its state and the flag NoStack. So every stack is one that the goroutine had, but two goroutines need
// not have been in their places at the same moment. With [Options.Stop] the program stands still and both the whole is consistent and running goroutines have
// stacks. It is stopped by ptrace(2), and not by SIGSTOP: if the reader dies, even by SIGKILL, the kernel lets it go on.
//
// # How the structures are known
//
// The offsets of fields come from the debugging information of the program (DWARF). Where there is none, they come from a table by minor version of Go, which
// a test derives from that of programs built by each version. A version without either is refused: there is no guessing.
// Stacks are unwound by the tables that the runtime itself uses for it (pclntab of Go 1.20 and later), as package runtime does in traceback.go and symtab.go.
package live
