package live

import (
	"slices"
	"testing"
)

const mapsText = `00400000-00500000 r-xp 00000000 fe:00 247766                     /usr/bin/a b (deleted)
00500000-00600000 r--p 00100000 fe:00 247766                     /usr/bin/a b (deleted)
00600000-00610000 rw-p 00200000 fe:00 247766                     /usr/bin/a b (deleted)
00610000-00650000 rw-p 00000000 00:00 0 
00700000-00800000 rw-p 00000000 00:00 0                          [heap]
c000000000-c000400000 rw-p 00000000 00:00 0 
7ffd0000-7ffe0000 r--p 00000000 00:00 0                          [vvar]
nonsense
50-40 rw-p 00000000 00:00 0
`

func TestParseMaps(t *testing.T) {
	all := parseMaps(mapsText)
	if len(all) != 7 {
		t.Fatalf("%+v", all)
	}
	first := mapping{from: 0x400000, to: 0x500000, read: true, inode: 247766, path: "/usr/bin/a b (deleted)"}
	if all[0] != first || !all[2].write || all[2].offset != 0x200000 {
		t.Errorf("%+v", all)
	}
	own := ofProgram(all, "/usr/bin/a b (deleted)")
	if !slices.Equal(own, all[:4]) {
		t.Errorf("of the program: %+v", own)
	}
}

func FuzzMaps(f *testing.F) {
	f.Add(mapsText)
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range parseMaps(text) {
			if m.from >= m.to {
				t.Errorf("%+v", m)
			}
		}
	})
}

func TestCommandLine(t *testing.T) {
	for raw, want := range map[string]string{
		"prog\x00-x\x00a b\x00": "prog -x a b", "": "", "p\x00\x1b[2J\n\x00": "p  [2J ",
	} {
		if got := commandLine([]byte(raw)); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	if got := commandLine(make([]byte, 1000)); got != "" {
		t.Errorf("%q", got)
	}
	if got := commandLine([]byte("0123456789" + string(make([]byte, 300)) + "x")); len(got) > longestCommand+3 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestTracerOf(t *testing.T) {
	if got := tracerOf("Name:\tx\nTracerPid:\t42\n"); got != 42 {
		t.Error(got)
	}
	if got := tracerOf("Name:\tx\n"); got != 0 {
		t.Error(got)
	}
}

func TestInnermost(t *testing.T) {
	for status, want := range map[string]uint64{"Name:\tx\nNSpid:\t4242\t17\t3\n": 3, "NSpid:\t4242\n": 4242, "NSpid:\n": 5, "": 5} {
		if got := innermost(status, 5); got != want {
			t.Errorf("%q: %d, want %d", status, got, want)
		}
	}
}
