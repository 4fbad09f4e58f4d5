package heap

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// loaded returns a dump with two segments whose program was moved by 0x1000 when it was loaded, and its symbols.
func loaded() *Dump {
	return &Dump{
		segments: []segment{{name: "data", addr: 0x2000, size: 0x100}, {name: "bss", addr: 0x2100, size: 0x80}},
		symbols: &Symbols{list: []symbol{
			{0x1000, 0, "runtime.data"}, {0x1000, 8, "main.first"}, {0x1008, 0x18, "main.second"}, {0x1080, 0, "main.sizeless"},
			{0x1100, 0, "runtime.edata"}, {0x1100, 0, "runtime.bss"}, {0x1100, 8, "main.third"}, {0x1180, 0, "runtime.ebss"},
		}},
	}
}

func TestVariables(t *testing.T) {
	d := loaded()
	d.match()
	d.links = []slot{{0x2008, 0x2140}, {0x2008, 0x999}} // main.second points to something without a name
	d.sortLinks()
	for addr, want := range map[uint64]string{
		0x2000: "main.first", 0x2007: "main.first", 0x2008: "main.second", 0x201f: "main.second", 0x2020: "", 0x20f0: "main.sizeless",
		0x2100: "main.third", 0x2108: "", 0x2140: "main.second", 0x2150: "main.second", 0x1008: "",
	} {
		if got, _ := d.variable(addr, 3); got != want {
			t.Errorf("%#x lies in %q, want %q", addr, got, want)
		}
	}
	if len(d.Problems) > 0 {
		t.Error(d.Problems)
	}
}

// TestOtherProgram gives a dump the symbols of another program: no name is better than a wrong one.
func TestOtherProgram(t *testing.T) {
	for name, change := range map[string]func(d *Dump){
		"other size":      func(d *Dump) { d.segments[0].size++ },
		"moved apart":     func(d *Dump) { d.segments[1].addr += 16 },
		"without borders": func(d *Dump) { d.symbols = &Symbols{} },
	} {
		d := loaded()
		change(d)
		d.match()
		if got, _ := d.variable(0x2000, 3); got != "" || len(d.Problems) != 1 || !strings.Contains(d.Problems[0], "another program") {
			t.Errorf("%s: %q, %q", name, got, d.Problems)
		}
	}
}

func TestNoSymbols(t *testing.T) {
	if _, err := ReadSymbols("symbols_test.go"); err == nil {
		t.Error("this file has symbols")
	}
	if _, err := ReadSymbols("nowhere"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
