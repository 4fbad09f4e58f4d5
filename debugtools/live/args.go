package live

import (
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// How the places of arguments are coded (internal/abi: TraceArgs).
const (
	argsEnd       = 0xff
	argsOpen      = 0xfe
	argsClose     = 0xfd
	argsMore      = 0xfc
	argsTooFar    = 0xfb
	argsMaxLength = 171 // (5*3+2)*10+1
)

// An argument is one word of an argument list.
type argument struct {
	off, size uint8
	here      bool // it has a place: not "_" and not "..."
	stale     bool
	inner     bool
}

// arguments returns where the arguments of a function are, relative to the end of its frame, and which of them are alive at an address.
// It is what runtime.printArgs does.
func (s *symtab) arguments(f fn, pc uint64) []argument {
	where := s.functionData(f, funcArgs, argsMaxLength)
	live := s.functionData(f, funcArgLive, 256)
	alive := s.value(f, f.pcTable(dataArgLive), pc)
	first := byte(0xff) // offsets below are always alive
	if len(live) > 0 {
		first = live[0]
	}
	var args []argument
	depth, slot := 0, 0
	for i := 0; i < len(where) && where[i] != argsEnd; i++ {
		switch o := where[i]; o {
		case argsOpen:
			depth++
		case argsClose:
			depth--
		case argsMore, argsTooFar:
			args = append(args, argument{inner: depth > 0})
		default:
			if i++; i >= len(where) {
				return args
			}
			args = append(args, argument{off: o, size: where[i], here: true, inner: depth > 0, stale: o >= first && !bit(live, alive, slot)})
			if o >= first {
				slot++
			}
		}
	}
	return args
}

// bit reports whether a slot is alive by the bits at an offset. Without any it is.
func bit(live []byte, at int32, slot int) bool {
	i := int(at) + slot/8
	return len(live) == 0 || at <= 0 || i >= len(live) || live[i]&(1<<(slot%8)) != 0
}

// functionData reads the beginning of the n-th data of a function: as much of at most max bytes as there is.
func (s *symtab) functionData(f fn, n uint32, max int) []byte {
	off, ok := f.data(n)
	if !ok {
		return nil
	}
	for ; max >= 8; max /= 2 { // near the end of what can be read
		if b := s.rodata(s.funcData+uint64(off), max); len(b) == max {
			return b
		}
	}
	return nil
}

// words turns arguments into the form of package dump; from is how many words the frames before have had.
func words(args []argument, from int) []dump.Word {
	all := make([]dump.Word, 0, len(args))
	for _, a := range args {
		w := dump.Word{Arg: -1, Stale: a.stale, Inner: a.inner}
		if a.here {
			w.Arg = int32(from)
			from++
		}
		all = append(all, w)
	}
	return all
}
