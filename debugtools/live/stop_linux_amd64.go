package live

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// errSelf is the error of a process that wants to stop itself.
var errSelf = &Error{Err: errors.New("a process cannot stop itself and read on"), Hint: "read without stopping, or from another process"}

// stopped halts all threads of a process, calls f with their registers, and lets them go on, whatever f does.
//
// They are halted by PTRACE_SEIZE and PTRACE_INTERRUPT of ptrace(2), not by SIGSTOP: no signal is sent, the parent of the process notices nothing, a process
// that somebody else has stopped stays so, and the kernel lets the threads go on when the thread that halted them ends, even by SIGKILL. System calls
// that were
// interrupted are begun again by the kernel; the few that return EINTR instead (epoll_wait) are begun again by the runtime of Go, but not necessarily
// by C code.
func stopped(pid int, f func(map[uint64]registers) error) error {
	if pid == os.Getpid() {
		return errSelf
	}
	done := make(chan error)
	go func() {
		// ptrace belongs to a thread. It is not unlocked: if something goes wrong below, it ends with this goroutine, and with it all that it holds.
		runtime.LockOSThread()
		t := &tracer{pid: pid, held: map[int]int{}}
		defer func() {
			t.release()
			if p := recover(); p != nil {
				done <- fmt.Errorf("reading a program that stands still: %v", p)
			}
		}()
		err := t.hold()
		if err == nil {
			err = f(t.registers())
		}
		t.release()
		done <- err
	}()
	return <-done
}

// A tracer holds threads of a process.
type tracer struct {
	pid  int
	held map[int]int // the signal to pass on to each thread
}

// patience is for how long a thread may take to stand still. One that is in the kernel and cannot be interrupted takes longer.
const patience = 2 * time.Second

// hold halts all threads, until no new ones appear.
func (t *tracer) hold() error {
	for {
		tasks, err := os.ReadDir(proc(t.pid, "task"))
		if err != nil {
			return err
		}
		var fresh []int
		for _, task := range tasks {
			tid, _ := strconv.Atoi(task.Name())
			if _, ok := t.held[tid]; ok {
				continue
			}
			if err := unix.PtraceSeize(tid); err != nil {
				if errors.Is(err, unix.ESRCH) {
					continue // it has ended
				}
				return t.refused(err)
			}
			t.held[tid] = 0
			fresh = append(fresh, tid)
		}
		if len(fresh) == 0 {
			return nil
		}
		if err := t.interrupt(fresh); err != nil {
			return err
		}
	}
}

// refused explains why a process may not be halted.
func (t *tracer) refused(err error) error {
	status, _ := os.ReadFile(proc(t.pid, "status"))
	if tracerOf(string(status)) != 0 {
		return &Error{Err: fmt.Errorf("process %d is held by another debugger", t.pid), Hint: "read it without stopping it"}
	}
	return explain(t.pid, err)
}

// interrupt halts threads that are seized.
func (t *tracer) interrupt(tids []int) error {
	for _, tid := range tids {
		if err := unix.PtraceInterrupt(tid); err != nil && !errors.Is(err, unix.ESRCH) {
			return err
		}
	}
	deadline := monotonic() + int64(patience)
	for _, tid := range tids {
		if err := t.wait(tid, deadline); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until a thread stands still or has ended.
func (t *tracer) wait(tid int, deadline int64) error {
	for {
		var ws unix.WaitStatus
		got, err := unix.Wait4(tid, &ws, unix.WALL|unix.WNOHANG, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil, got == tid && (ws.Exited() || ws.Signaled()):
			delete(t.held, tid)
			return nil
		case got == tid:
			if uint32(ws)>>16 != unix.PTRACE_EVENT_STOP && ws.StopSignal() != unix.SIGTRAP {
				t.held[tid] = int(ws.StopSignal()) // it was about to receive a signal: that comes later
			}
			return nil
		case monotonic() > deadline:
			return &Error{Err: fmt.Errorf("thread %d of process %d does not stop", tid, t.pid), Hint: "it is busy in the kernel; read without stopping it"}
		}
		pause()
	}
}

// pause lets a thread that is being halted get there.
func pause() {
	ts := unix.NsecToTimespec(int64(20 * time.Microsecond))
	unix.Nanosleep(&ts, nil)
}

// release lets all threads go on.
func (t *tracer) release() {
	for tid, sig := range t.held {
		unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_DETACH, uintptr(tid), 0, uintptr(sig), 0, 0)
	}
	clear(t.held)
}

// registers reads those of all threads. A thread without any is one that has ended.
func (t *tracer) registers() map[uint64]registers {
	all := map[uint64]registers{}
	for tid := range t.held {
		var regs unix.PtraceRegs
		if unix.PtraceGetRegs(tid, &regs) == nil {
			all[t.own(tid)] = registers{regs.Rip, regs.Rsp}
		}
	}
	return all
}

// own returns the number of a thread as it knows it itself, which in a container is another than ours.
func (t *tracer) own(tid int) uint64 {
	status, _ := os.ReadFile(proc(t.pid, "task/"+strconv.Itoa(tid)+"/status"))
	return innermost(string(status), tid)
}

// nanoseconds returns a difference of monotonic as a duration.
func nanoseconds(n int64) time.Duration { return time.Duration(n) }
