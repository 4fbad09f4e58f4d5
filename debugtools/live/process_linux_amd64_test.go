package live

import (
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestHoles reads parts on both sides of a page that cannot be read, and over its edges: by both ways, each part is read or not, whatever lies next to it.
func TestHoles(t *testing.T) {
	page := os.Getpagesize()
	m, err := unix.Mmap(-1, 0, 3*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(m)
	for i := range m {
		m[i] = byte(i % 251)
	}
	want := slices.Clone(m)
	if err := unix.Mprotect(m[page:2*page], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	type one struct {
		at, n int
		ok    bool
	}
	parts := []one{
		{0, 8, true}, {8, 8, true}, {100, 16, true}, {page - 8, 8, true}, {page - 4, 8, false}, {page + 8, 8, false}, {2*page - 8, 8, false},
		{2 * page, 8, true}, {2*page - 4, 8, false}, {2*page + 4, 8, true}, {2*page + 500, 1, true}, {50, 4, true}, {3*page - 8, 8, true},
	}
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	for _, p := range []*process{{pid: os.Getpid()}, {pid: os.Getpid(), mem: mem}} {
		var all []part
		for _, w := range parts {
			all = append(all, part{addr: at(&m[0]) + uint64(w.at), buf: make([]byte, w.n)})
		}
		all = append(all, part{addr: 8, buf: make([]byte, 8)})
		if err := p.read(all); err != nil {
			t.Fatal(err)
		}
		if all[len(parts)].ok {
			t.Error("something lies at address 8")
		}
		for i, w := range parts {
			w.ok = w.ok || p.mem != nil // that file does not ask for permissions of pages
			if all[i].ok != w.ok || w.ok && !slices.Equal(all[i].buf, want[w.at:w.at+w.n]) {
				t.Errorf("file %v: %+v is read as %+v", p.mem != nil, w, all[i])
			}
		}
	}
}
