package live

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"flag"
	"fmt"
	"go/format"
	"go/version"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

var update = flag.Bool("update", false, "write the tables of layouts anew from the toolchains that are here")

// toolchainNames returns the toolchains to test with: that of the test, and those that GODMODE_TOOLCHAINS names, as in
// "go1.22.12 go1.23.12 go1.24.13 go1.25.4 go1.27.4", with which the tables were made.
func toolchainNames() []string {
	return append([]string{"local"}, strings.Fields(os.Getenv("GODMODE_TOOLCHAINS"))...)
}

// layoutIn reads the layout from the debugging information of a program.
func layoutIn(t *testing.T, path string) layout {
	t.Helper()
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := dwarfLayout(f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTables derives the layout of each version from a program that its toolchain has built, and compares it with the table.
func TestTables(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	repeat.Once(t)
	got := maps.Clone(tables) // of the program parked, which uses every type of the standard library whose layout we need
	for _, toolchain := range toolchainNames() {
		path := build(t, toolchain)
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		minor := version.Lang(info.GoVersion)
		got[minor] = layoutIn(t, path)
		if !*update && got[minor] != tables[minor] {
			t.Errorf("%s: the table of %s is wrong; go test -run TestTables -update writes it anew", toolchain, minor)
		}
	}
	if *update {
		if err := os.WriteFile("layout_tables.go", printTables(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// printTables writes the source of tables.
func printTables(all map[string]layout) []byte {
	var b bytes.Buffer
	b.WriteString("package live\n\n// tables holds the layouts by minor version of Go, for programs without debugging information. ")
	b.WriteString("TestTables writes and checks it.\n")
	b.WriteString("var tables = map[string]layout{\n")
	for _, v := range slices.Sorted(maps.Keys(all)) {
		l := all[v]
		fmt.Fprintf(&b, "%q: {\n", v)
		for f, off := range l {
			if places[f].name == "" {
				continue
			}
			fmt.Fprintf(&b, "%s: %d,", places[f].name, off)
			if f%4 == 3 {
				b.WriteByte('\n')
			}
		}
		b.WriteString("\n},\n")
	}
	b.WriteString("}\n")
	src, err := format.Source(b.Bytes())
	if err != nil {
		panic(err)
	}
	return src
}

func TestLayoutOfUnknownVersion(t *testing.T) {
	for _, v := range []string{"go1.21.3", "go1.99.0", "", "devel go1.28-abcdef"} {
		if _, err := layoutOf(v); err == nil {
			t.Errorf("%q: a layout from nowhere", v)
		}
	}
}
