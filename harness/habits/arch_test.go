package habits

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// A layer says which packages of the project the code below a directory may import. Of two layers that fit, the longer path counts.
type layer struct {
	dir string
	may []string // directories; those below are meant too
	not []string // exceptions
}

// engines are the packages that end users of the nouns have no business with: only the command may import them.
var engines = []string{"harness/cmd", "harness/cli", "harness/soak", "harness/gotest", "harness/habits"}

// layers is the architecture, as ARCHITECTURE.md draws it.
//
// DO NOT CHANGE THIS TO FIX A BUILD. An import that this table forbids is nearly always code in the wrong place: ask which directory the file belongs
// in (knows the system under test: targets; judges a finished history: properties; changes the world and heals it: chaos; reads evidence: debugtools;
// would exist with none of these: harness), and move it there.
var layers = []layer{
	{dir: "harness", may: []string{"harness"}, not: []string{"harness/cmd", "harness/cli"}},
	{dir: "harness/point"},
	{dir: "harness/cmd", may: []string{"harness", "targets", "properties", "chaos", "debugtools"}},
	{dir: "harness/cli", may: []string{"harness", "targets", "properties", "chaos", "debugtools"}},
	{dir: "properties", may: []string{"harness", "properties"}, not: engines},
	{dir: "chaos", may: []string{"harness", "chaos"}, not: engines},
	{dir: "debugtools", may: []string{"harness", "debugtools"}, not: engines},
	{dir: "targets", may: []string{"harness", "targets", "properties", "chaos"}, not: engines},
}

// layerOf returns the layer that a directory is in, if any.
func layerOf(dir string) (layer, bool) {
	var best layer
	for _, l := range layers {
		if within(dir, l.dir) && len(l.dir) > len(best.dir) {
			best = l
		}
	}
	return best, best.dir != ""
}

// imported returns the directories of the project's packages that a file imports, in order.
func imported(s *source) []string {
	var dirs []string
	for _, p := range s.imports() {
		if dir, ok := strings.CutPrefix(p, module); ok {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// obeysLayers is the rule of imports for code. Tests sit on top: they may import everything but the command's own packages, which have tests of their own.
func obeysLayers(s *source) []string {
	l, ok := layerOf(s.dir())
	if !ok {
		return []string{fmt.Sprintf("%s: directory %s is in no layer: code lives in harness, targets, properties, chaos or debugtools", s.path, s.dir())}
	}
	var bad []string
	for _, dir := range imported(s) {
		allowed := within(dir, l.may...) && !within(dir, l.not...)
		if s.test() {
			allowed = !within(dir, "harness/cmd")
		}
		if !allowed {
			bad = append(bad, fmt.Sprintf("%s: %s must not import %s", s.path, l.dir, dir))
		}
	}
	return bad
}

// A core is a step function over data, or a set of them: what it does follows from its arguments alone.
type core struct {
	dir   string
	files []string // nil: all but tests
	may   []string // project directories that it may import
}

// cores lists them. The same warning as for layers applies: a core that needs a clock, a file or a goroutine takes what it needs as an argument.
var cores = []core{
	{dir: "harness/choice"},
	{dir: "harness/coop", may: []string{"harness/choice"}},
	{dir: "harness/linear"},
	{dir: "harness/stats"},
	{dir: "harness/sim", may: []string{"harness/choice"}},
	{dir: "harness/casefile", files: []string{"case.go", "errors.go", "format.go", "parse.go", "validate.go", "values.go", "words.go"}},
}

// outside are the packages that reach out of the program. A name with a slash at its end means all below it.
var outside = []string{"os", "os/", "net", "net/", "syscall", "log", "log/", "runtime/metrics", "runtime/pprof", "runtime/trace", "golang.org/x/sys/"}

// clocks are the names of package time that read a clock or wait for one. Its types and constants are only data.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// coreOf returns the core that a file belongs to, if any.
func coreOf(s *source) (core, bool) {
	for _, c := range cores {
		if !s.test() && s.dir() == c.dir && (c.files == nil || slices.Contains(c.files, path.Base(s.path))) {
			return c, true
		}
	}
	return core{}, false
}

// isPure is the rule of cores.
func isPure(s *source) []string {
	c, ok := coreOf(s)
	if !ok {
		return nil
	}
	var bad []string
	complain := func(n ast.Node, format string, args ...any) {
		bad = append(bad, fmt.Sprintf("%s: the core %s %s", s.at(n), c.dir, fmt.Sprintf(format, args...)))
	}
	for _, spec := range s.file.Imports {
		p := strings.Trim(spec.Path.Value, `"`)
		if slices.ContainsFunc(outside, func(o string) bool { return p == o || strings.HasSuffix(o, "/") && strings.HasPrefix(p, o) }) {
			complain(spec, "imports %s: take what you need as an argument", p)
		}
		if dir, ok := strings.CutPrefix(p, module); ok && !within(dir, c.may...) {
			complain(spec, "imports %s: cores stand below everything", dir)
		}
	}
	s.uses(func(pkg, name string, at ast.Node) {
		if pkg == "time" && slices.Contains(clocks, name) || globalRand(pkg, name) {
			complain(at, "uses %s.%s: its results must follow from its arguments", path.Base(pkg), name)
		}
	})
	ast.Inspect(s.file, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			complain(g, "starts a goroutine")
		}
		return true
	})
	return bad
}

// importsNothing is the rule of harness/point, which code under test imports: it must cost its users nothing.
func importsNothing(s *source) []string {
	if s.dir() == "harness/point" && !s.test() && len(s.file.Imports) > 0 {
		return []string{s.path + ": harness/point imports nothing, not even the standard library"}
	}
	return nil
}

func TestLayers(t *testing.T)       { apply(t, obeysLayers) }
func TestCoresArePure(t *testing.T) { apply(t, isPure) }
func TestPointIsFree(t *testing.T)  { apply(t, importsNothing) }
