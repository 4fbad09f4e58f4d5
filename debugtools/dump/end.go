package dump

import (
	"fmt"
	"regexp"
	"strings"
)

// checkEnd looks for signs that the end of the input is not the end of the dump.
func (p *parser) checkEnd() {
	if p.src.offset() == pprofLimit {
		p.cut("the dump has 64 MB, after which runtime/pprof writes nothing more")
	}
	if n := len(p.dump.Goroutines); n > 0 && p.last != nil && p.last.kind != kindRoot && !p.last.outermost() {
		if g := &p.dump.Goroutines[n-1]; g.ID > 0 && g.Flags&System == 0 {
			p.truncated(g, "does not say what created it")
		}
	}
}

// checkHeader notes that the last line of the input is the beginning of a header.
func (p *parser) checkHeader(line []byte) {
	known := min(len(line), len(start))
	if p.src.cut() && known > 0 && len(p.dump.Goroutines) > 0 && string(line[:known]) == start[:known] {
		p.cut(fmt.Sprintf("line %d: a header ends in its middle", p.src.line))
	}
}

// pprofLimit is the size of the largest dump that /debug/pprof/goroutine?debug=2 gives.
const pprofLimit = 64 << 20

// outermost reports whether no frame and no creator need follow a node: it is that of the main goroutine, of the runtime, or of a call from C.
func (n *node) outermost() bool {
	if n.kind == kindForeign {
		return true
	}
	return n.head == "main.main(" || strings.HasPrefix(n.head, "runtime.") || strings.HasPrefix(n.head, "_cgoexp_") || strings.Contains(n.head, ".init")
}

// versions matches the version in the path of the standard library's source.
var versions = regexp.MustCompile(`[/\\@-]go-?(1\.\d+(?:\.\d+)?)(?:[.-][a-z0-9-]+)?[/\\]src[/\\]`)

// version returns the version of Go that the path of a file tells, or nothing.
func version(stacks []*Stack) string {
	for _, s := range stacks[:min(len(stacks), 100)] {
		for _, f := range s.Frames {
			if m := versions.FindStringSubmatch(f.File); m != nil {
				return m[1]
			}
		}
	}
	return ""
}
