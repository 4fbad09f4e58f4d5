package live

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A process is a running one whose memory can be read.
type process struct {
	pid   int
	mem   *os.File // /proc/PID/mem, only if process_vm_readv is forbidden
	local []unix.Iovec
	far   []unix.RemoteIovec

	before []int // bytes between a part and the one before, if both are in one range
	joined []bool
	waste  [nearby]byte // where those go
}

// proc returns the path of a file in /proc/PID.
func proc(pid int, name string) string { return "/proc/" + strconv.Itoa(pid) + "/" + name }

// openProcess checks that the memory of a process may be read.
func openProcess(pid int, probe uint64) (*process, error) {
	p := &process{pid: pid}
	one := []part{{addr: probe, buf: make([]byte, 1)}}
	err := p.read(one)
	if err != nil {
		if p.mem, err = os.Open(proc(pid, "mem")); err == nil {
			err = p.read(one)
		}
	}
	if err != nil {
		p.close()
		return nil, explain(pid, err)
	}
	return p, nil
}

func (p *process) close() {
	if p.mem != nil {
		p.mem.Close()
	}
}

// maxParts is how many parts are read by one call of process_vm_readv, which takes 1024 ranges (UIO_MAXIOV): one for each part, and one for what lies between.
const maxParts = 512

// nearby is how far two parts may be apart to be read as one range with what lies between. The kernel's work is in ranges and pages, not in bytes.
const nearby = 1024

// read implements memory. Where a part cannot be read the kernel stops, and we go on behind it.
func (p *process) read(parts []part) error {
	if p.mem != nil {
		return p.readFile(parts)
	}
	for len(parts) > 0 {
		n, err := p.readSome(parts[:min(len(parts), maxParts)])
		if err != nil {
			return err
		}
		parts = parts[n:]
	}
	return nil
}

// readSome reads parts until one fails, and returns how many it has dealt with: at least one.
func (p *process) readSome(parts []part) (int, error) {
	p.ranges(parts)
	got, err := unix.ProcessVMReadv(p.pid, p.local, p.far, 0)
	if err != nil && !errors.Is(err, unix.EFAULT) {
		return 0, err
	}
	for i := range parts {
		got -= p.before[i]
		switch n := len(parts[i].buf); {
		case got >= n:
			got -= n
			parts[i].ok = true
		case p.joined[i]:
			return i, nil // what lies before may be to blame: it begins a range of its own next time
		default:
			return i + 1, nil
		}
	}
	return len(parts), nil
}

// ranges turns parts into ranges: parts that follow each other closely into one.
func (p *process) ranges(parts []part) {
	p.local, p.far, p.before, p.joined = p.local[:0], p.far[:0], p.before[:0], p.joined[:0]
	end := uint64(0)
	for i := range parts {
		parts[i].ok = false
		n := uint64(len(parts[i].buf))
		gap := parts[i].addr - end
		join := i > 0 && parts[i].addr >= end && gap < nearby
		if !join {
			gap = 0
			p.far = append(p.far, unix.RemoteIovec{Base: uintptr(parts[i].addr)})
		}
		p.far[len(p.far)-1].Len += int(gap + n)
		if gap > 0 {
			p.local = append(p.local, unix.Iovec{Base: &p.waste[0], Len: gap})
		}
		p.local = append(p.local, unix.Iovec{Base: &parts[i].buf[0], Len: n})
		p.before, p.joined = append(p.before, int(gap)), append(p.joined, join)
		end = parts[i].addr + n
	}
}

// readFile reads parts from /proc/PID/mem.
func (p *process) readFile(parts []part) error {
	for i := range parts {
		n, err := p.mem.ReadAt(parts[i].buf, int64(parts[i].addr))
		parts[i].ok = n == len(parts[i].buf)
		if err != nil && !errors.Is(err, unix.EIO) && !parts[i].ok && !errors.Is(err, unix.EFAULT) {
			return err
		}
	}
	return nil
}

// explain turns an error of the kernel into what people can act on.
func explain(pid int, err error) error {
	var known *Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, unix.ESRCH), errors.Is(err, fs.ErrNotExist):
		return &Error{Err: fmt.Errorf("there is no process %d", pid), Hint: running()}
	case errors.Is(err, fs.ErrPermission):
		return &Error{Err: fmt.Errorf("the memory of process %d may not be read: %w", pid, err), Hint: permissionHint(pid)}
	default:
		return &Error{Err: fmt.Errorf("process %d: %w", pid, err), Hint: "it may have ended"}
	}
}

// running names a few Go programs that can be read.
func running() string {
	all, err := List()
	if err != nil || len(all) == 0 {
		return "no Go program runs here that this user may read"
	}
	var names []string
	for _, p := range all[max(0, len(all)-5):] {
		name, _, _ := strings.Cut(p.Command, " ")
		name = path.Base(name)
		names = append(names, fmt.Sprintf("%d (%s)", p.PID, name))
	}
	return "Go programs that run here: " + strings.Join(names, ", ")
}

// permissionHint says what would help: it depends on whose process it is.
func permissionHint(pid int) string {
	var st unix.Stat_t
	if err := unix.Stat(proc(pid, ""), &st); err == nil && int(st.Uid) != os.Geteuid() {
		return "it belongs to another user: run as that user, or with sudo; in Kubernetes: kubectl debug --profile=sysadmin --target=CONTAINER"
	}
	scope, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	if len(scope) > 0 && scope[0] != '0' {
		return "kernel.yama.ptrace_scope forbids it: run with sudo, or give this program the capability (setcap cap_sys_ptrace+ep FILE), " +
			"or sysctl kernel.yama.ptrace_scope=0"
	}
	return "run with sudo or with CAP_SYS_PTRACE (docker run --cap-add=SYS_PTRACE)"
}

// monotonic returns the clock that the runtime counts times of waiting by, in nanoseconds.
func monotonic() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return 0
	}
	return ts.Nano()
}
