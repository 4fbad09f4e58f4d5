package live

import (
	"errors"
	"fmt"
	"go/version"
	"strings"
)

// A field names a field of a structure of the runtime. Its value is an index into a layout.
type field int

// The fields that are read. Those before optional are in every version and must be known.
const (
	gSize field = iota
	gStackLo
	gStackHi
	gM
	gSchedSP
	gSchedPC
	gSyscallSP
	gSyscallPC
	gStatus
	gID
	gWaitSince
	gWaitReason
	gTrackingSeq
	gLockedM
	gParent
	gCreator
	gStart
	gWaiting
	gLabels
	sudogSize
	sudogG
	sudogNext
	sudogElem
	sudogSelect
	sudogLink
	sudogChan
	chanSize
	chanCount
	chanCap
	chanClosed
	chanReceivers
	chanSenders
	mProcID
	mVDSOSP
	mVDSOPC
	moduleGoFunc
	optional // not a field
)

// The fields that are missing in some versions, or in programs that do not use them.
const (
	gBubble field = optional + 1 + iota
	bubbleID
	bubbleRoot
	pollFD
	pollReader
	pollWriter
	notifyHead
	mutexState
	mutexSema
	rwWriterSem
	rwReaderSem
	rwReaders
	rwWaiting
	groupState
	groupSema
	onceMutex
	condNotify
	ownWord // of programs that package owners has built
	ownCount
	ownWait
	ownMore
	ownHeld
	mutexOwner
	fieldCount
)

// A place says where a field is: a type and the path to it within, or the type alone for its size. Names that changed between versions are listed together.
type place struct {
	name  string
	types []string
	path  string
}

// places names every field as DWARF does.
var places = [fieldCount]place{
	gSize:         {"gSize", []string{"runtime.g"}, ""},
	gStackLo:      {"gStackLo", []string{"runtime.g"}, "stack.lo"},
	gStackHi:      {"gStackHi", []string{"runtime.g"}, "stack.hi"},
	gM:            {"gM", []string{"runtime.g"}, "m"},
	gSchedSP:      {"gSchedSP", []string{"runtime.g"}, "sched.sp"},
	gSchedPC:      {"gSchedPC", []string{"runtime.g"}, "sched.pc"},
	gSyscallSP:    {"gSyscallSP", []string{"runtime.g"}, "syscallsp"},
	gSyscallPC:    {"gSyscallPC", []string{"runtime.g"}, "syscallpc"},
	gStatus:       {"gStatus", []string{"runtime.g"}, "atomicstatus"},
	gID:           {"gID", []string{"runtime.g"}, "goid"},
	gWaitSince:    {"gWaitSince", []string{"runtime.g"}, "waitsince"},
	gWaitReason:   {"gWaitReason", []string{"runtime.g"}, "waitreason"},
	gTrackingSeq:  {"gTrackingSeq", []string{"runtime.g"}, "trackingSeq"},
	gLockedM:      {"gLockedM", []string{"runtime.g"}, "lockedm"},
	gParent:       {"gParent", []string{"runtime.g"}, "parentGoid"},
	gCreator:      {"gCreator", []string{"runtime.g"}, "gopc"},
	gStart:        {"gStart", []string{"runtime.g"}, "startpc"},
	gWaiting:      {"gWaiting", []string{"runtime.g"}, "waiting"},
	gLabels:       {"gLabels", []string{"runtime.g"}, "labels"},
	sudogSize:     {"sudogSize", []string{"runtime.sudog"}, ""},
	sudogG:        {"sudogG", []string{"runtime.sudog"}, "g"},
	sudogNext:     {"sudogNext", []string{"runtime.sudog"}, "next"},
	sudogElem:     {"sudogElem", []string{"runtime.sudog"}, "elem.vu|elem"},
	sudogSelect:   {"sudogSelect", []string{"runtime.sudog"}, "isSelect"},
	sudogLink:     {"sudogLink", []string{"runtime.sudog"}, "waitlink"},
	sudogChan:     {"sudogChan", []string{"runtime.sudog"}, "c.maybeTraceablePtr.vu|c"},
	chanSize:      {"chanSize", []string{"runtime.hchan"}, ""},
	chanCount:     {"chanCount", []string{"runtime.hchan"}, "qcount"},
	chanCap:       {"chanCap", []string{"runtime.hchan"}, "dataqsiz"},
	chanClosed:    {"chanClosed", []string{"runtime.hchan"}, "closed"},
	chanReceivers: {"chanReceivers", []string{"runtime.hchan"}, "recvq.first"},
	chanSenders:   {"chanSenders", []string{"runtime.hchan"}, "sendq.first"},
	mProcID:       {"mProcID", []string{"runtime.m"}, "procid"},
	mVDSOSP:       {"mVDSOSP", []string{"runtime.m"}, "vdsoSP"},
	mVDSOPC:       {"mVDSOPC", []string{"runtime.m"}, "vdsoPC"},
	moduleGoFunc:  {"moduleGoFunc", []string{"runtime.moduledata"}, "gofunc"},
	optional:      {"", nil, ""},
	gBubble:       {"gBubble", []string{"runtime.g"}, "bubble|syncGroup"},
	bubbleID:      {"bubbleID", []string{"runtime.synctestBubble"}, "id"},
	bubbleRoot:    {"bubbleRoot", []string{"runtime.synctestBubble", "runtime.synctestGroup"}, "root"},
	pollFD:        {"pollFD", []string{"runtime.pollDesc"}, "fd"},
	pollReader:    {"pollReader", []string{"runtime.pollDesc"}, "rg"},
	pollWriter:    {"pollWriter", []string{"runtime.pollDesc"}, "wg"},
	notifyHead:    {"notifyHead", []string{"runtime.notifyList"}, "head"},
	mutexState:    {"mutexState", []string{"internal/sync.Mutex", "sync.Mutex"}, "state"},
	mutexSema:     {"mutexSema", []string{"internal/sync.Mutex", "sync.Mutex"}, "sema"},
	rwWriterSem:   {"rwWriterSem", []string{"sync.RWMutex"}, "writerSem"},
	rwReaderSem:   {"rwReaderSem", []string{"sync.RWMutex"}, "readerSem"},
	rwReaders:     {"rwReaders", []string{"sync.RWMutex"}, "readerCount"},
	rwWaiting:     {"rwWaiting", []string{"sync.RWMutex"}, "readerWait"},
	groupState:    {"groupState", []string{"sync.WaitGroup"}, "state"},
	groupSema:     {"groupSema", []string{"sync.WaitGroup"}, "sema"},
	onceMutex:     {"onceMutex", []string{"sync.Once"}, "m"},
	condNotify:    {"condNotify", []string{"sync.Cond"}, "notify"},
	ownWord:       {"ownWord", []string{"runtime.g"}, "godmode.word"},
	ownCount:      {"ownCount", []string{"runtime.g"}, "godmode.n"},
	ownWait:       {"ownWait", []string{"runtime.g"}, "godmode.wait"},
	ownMore:       {"ownMore", []string{"runtime.g"}, "godmode.more"},
	ownHeld:       {"ownHeld", []string{"runtime.g"}, "godmode.held"},
	mutexOwner:    {"mutexOwner", []string{"internal/sync.Mutex"}, "owner"},
}

// A layout holds the offset of each field in bytes, or the size of a type. It is -1 for a field that is not there.
type layout [fieldCount]int32

// unknown returns a layout in which nothing is known.
func unknown() layout {
	var l layout
	for i := range l {
		l[i] = -1
	}
	l[optional] = 0
	return l
}

// largest bounds sizes and offsets, so that a damaged file cannot make us read without end.
const largest = 1 << 14

// check reports which field is missing that every version has.
func (l *layout) check() error {
	for f, p := range places {
		if field(f) < optional && (l[f] < 0 || l[f] > largest) {
			return fmt.Errorf("the field %s.%s of the runtime was not found", strings.Join(p.types, " or "), p.path)
		}
	}
	return nil
}

// errNoTable is returned for a version of Go whose layout no table has.
var errNoTable = errors.New("no table of its runtime")

// layoutOf returns the layout of the runtime of a version of Go ("go1.26.8") by table.
func layoutOf(v string) (layout, error) {
	l, ok := tables[version.Lang(v)]
	if !ok {
		return l, fmt.Errorf("%q: %w", v, errNoTable)
	}
	return l, nil
}

// has reports whether a field is in this program.
func (l *layout) has(f field) bool { return l[f] >= 0 }
