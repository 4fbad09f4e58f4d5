package cli

import (
	"cmp"
	"fmt"
	"go/build"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/concurrency-god-mode/godmode/targets"
)

// A chosen is a built-in target that was selected, with the name of a seeded bug or "".
type chosen struct {
	target *harness.Target
	bug    string
}

// twin returns the target to run.
func (c chosen) twin() *harness.Target {
	t, _ := c.target.With(c.bug)
	return t
}

// name returns the target as events name it, without its row.
func (c chosen) name() string {
	if c.bug != "" {
		return c.target.Name + "#" + c.bug
	}
	return c.target.Name
}

// selector returns what selects the target on the command line.
func (c chosen) selector() string { return c.target.Row + "/" + c.name() }

// isPackage reports whether an argument is a package pattern rather than a row or a target.
func isPackage(arg string) bool {
	return build.IsLocalImport(arg) || strings.HasPrefix(arg, "...") || strings.Contains(arg, "...") || filepath.IsAbs(arg) ||
		strings.Contains(strings.SplitN(arg, "/", 2)[0], ".")
}

// divide splits the arguments into selectors of built-in targets and package patterns. A run has one kind.
func (a *app) divide(args []string) (selectors, packages []string, err error) {
	for _, arg := range args {
		if strings.HasSuffix(arg, ".go") {
			return nil, nil, usage("name the package that it is in, as "+dirPattern(arg), "%s is a file: tests are built by package", arg)
		}
		if row, ok := strings.CutSuffix(arg, "/..."); ok && a.isRow(row) {
			arg = row // as of packages
		}
		if isPackage(arg) {
			packages = append(packages, arg)
		} else {
			selectors = append(selectors, arg)
		}
	}
	if len(selectors) > 0 && len(packages) > 0 {
		if slices.Contains([]string{"always", "never", "auto"}, selectors[0]) {
			return nil, nil, usage("--race="+selectors[0], "%s is the value of no flag: that of --race stands behind a =", selectors[0])
		}
		return nil, nil, usage("run harness twice", "%s is a built-in target and %s a package: one run has one kind", selectors[0], packages[0])
	}
	return selectors, packages, nil
}

// isRow reports whether a row of the catalogue has that name.
func (a *app) isRow(name string) bool {
	return slices.ContainsFunc(a.Rows, func(r targets.Row) bool { return r.Name == name })
}

// dirPattern returns the directory of a file as a package pattern.
func dirPattern(file string) string {
	dir := filepath.ToSlash(filepath.Dir(file))
	if filepath.IsAbs(dir) || build.IsLocalImport(dir) {
		return dir
	}
	return "./" + dir
}

// choose returns the built-in targets that selectors name: "row", "row/target", "row/target#bug"; "all" is every row.
func (a *app) choose(selectors []string) ([]chosen, error) {
	var list []chosen
	for _, s := range selectors {
		found, err := a.selected(s)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// selected returns the targets of one selector.
func (a *app) selected(selector string) ([]chosen, error) {
	name, bug, _ := strings.Cut(selector, "#")
	row, target, whole := strings.Cut(name, "/")
	var list []chosen
	for _, r := range a.Rows {
		for _, t := range r.Targets {
			if selector == "all" || t.Row == row && (!whole || t.Name == target) {
				list = append(list, chosen{t, bug})
			}
		}
		if r.Name == name && len(r.Targets) == 0 {
			return nil, &failure{fmt.Errorf("row %s has no targets yet", name), "harness list shows the rows that have", report.ExitInconclusive}
		}
	}
	if len(list) == 0 {
		return nil, a.unknown("target or row", selector, a.selectors())
	}
	if bug != "" {
		return list, a.checkBug(list, selector, bug)
	}
	return list, nil
}

// checkBug returns an error unless the selected target has the bug.
func (a *app) checkBug(list []chosen, selector, bug string) error {
	var all []string
	for _, c := range list {
		if _, ok := c.target.With(bug); ok && len(list) == 1 {
			return nil
		}
		for _, b := range c.target.Bugs {
			all = append(all, c.target.ID()+"#"+b.Name)
		}
	}
	return a.unknown("bug", selector, all)
}

// selectors lists all that can be selected, but for bugs.
func (a *app) selectors() (all []string) {
	for _, r := range a.Rows {
		all = append(all, r.Name)
		for _, t := range r.Targets {
			all = append(all, t.ID())
		}
	}
	return all
}

// unknown is the error about a name that is none of the known ones.
func (a *app) unknown(what, name string, known []string) error {
	hint := "harness list shows all"
	if n := nearest(name, known); n != "" {
		hint = "did you mean " + n + "? " + hint
	}
	return usage(hint, "unknown %s %q", what, name)
}

// nearest returns the known name with the fewest edits, if they are few enough for a slip.
func nearest(name string, known []string) string {
	best := slices.MinFunc(append(slices.Clone(known), ""), func(a, b string) int {
		return cmp.Compare(distance(name, a), distance(name, b))
	})
	for _, k := range known {
		_, last, ok := strings.Cut(k, "/")
		if ok && distance(name, last) <= 2 || strings.HasPrefix(k, name) || ok && strings.HasPrefix(last, name) {
			return k
		}
	}
	if distance(name, best) <= max(2, len(name)/3) {
		return best
	}
	return ""
}

// distance is the number of insertions, deletions and replacements between two names (Levenshtein 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
