package live

import "strings"

// A park says what a stack waits for, as far as its functions tell.
type park struct {
	kind  string // of object: "mutex", "once" and so on, "fd", "cond", or ""
	frame int    // whose first argument is the semaphore, the list or the descriptor
	via   field  // the field of the object that the semaphore is
}

// parked finds out what a stack waits for by its innermost functions.
func (u *unwinder) parked(frames []frame) park {
	for i, f := range frames[:min(len(frames), 8)] {
		s := u.at(f.instruction)
		switch u.name(s.fn.nameOff()) {
		case "internal/poll.runtime_pollWait":
			return park{kind: "fd", frame: i}
		case "sync.runtime_notifyListWait":
			return park{kind: "cond", frame: i, via: condNotify}
		case "runtime.semacquire1":
			kind, via := lockKind(u.names(frames[i+1:]))
			return park{kind, i, via}
		}
	}
	return park{}
}

// names returns the names of the next few calls on a stack, inlined ones among them, without those between a lock and its semaphore.
func (u *unwinder) names(frames []frame) []string {
	var names []string
	for _, f := range frames[:min(len(frames), 6)] {
		for _, c := range u.at(f.instruction).calls {
			if !strings.Contains(c.name, ".runtime_Semacquire") {
				names = append(names, c.name)
			}
		}
	}
	return append(names, "", "", "", "")
}

// lockKind says which object a goroutine waits for whose calls are these, and which field of it the semaphore is.
func lockKind(names []string) (string, field) {
	switch names[0] {
	case "sync.(*WaitGroup).Wait":
		return "waitgroup", groupSema
	case "sync.(*RWMutex).RLock":
		return "rwmutex-read", rwReaderSem
	case "sync.(*RWMutex).Lock":
		return "rwmutex", rwWriterSem
	case "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow":
	default:
		return "sema", fieldCount
	}
	rest := names[1:]
	for len(rest) > 1 && (strings.HasSuffix(rest[0], "(*Mutex).Lock") || strings.HasSuffix(rest[0], "(*Mutex).GodmodeLock")) {
		rest = rest[1:]
	}
	switch rest[0] {
	case "sync.(*RWMutex).Lock":
		return "rwmutex", mutexSema
	case "sync.(*Once).doSlow":
		return "once", mutexSema
	}
	return "mutex", mutexSema
}
