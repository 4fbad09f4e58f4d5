package owners

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/concurrency-god-mode/godmode/harness/control"
)

// files holds the edits of std, the files that are added to it, and the digests of what the edits were made for.
//
//go:embed all:std
var files embed.FS

// A Mode says what a program records.
type Mode string

const (
	// Owners is who holds which lock.
	Owners Mode = "owners"
	// Order is that, and in which order locks are locked.
	Order Mode = "order"
)

// Sources returns the changes of std that make a program record. They are the same for both modes, but for one file.
func Sources(m Mode) control.Sources {
	std, err := fs.Sub(files, "std")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return control.Sources{Std: std, Added: map[string]string{"runtime/godmode_mode.go": modeFile("runtime", m), "sync/godmode_mode.go": modeFile("sync", m)}}
}

// modeFile returns the source of what depends on the mode. godmodeWord is room in a channel or a wait group.
func modeFile(pkg string, m Mode) string {
	word := "struct{}"
	if m == Order {
		word = "uintptr"
	}
	return fmt.Sprintf("package %s\n\nconst godmodeOrder = %t\n\ntype godmodeWord %s\n", pkg, m == Order, word)
}
