package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/waitgraph"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// dumpFlags are the flags of dump.
type dumpFlags struct {
	where, by string
	all, json bool
	stop      bool
	svg, html string
	source    string
}

// dumpCommand returns the command dump.
func (a *app) dumpCommand() *cobra.Command {
	var flags dumpFlags
	cmd := &cobra.Command{
		Use: "dump FILE...|-|PID|URL", Short: "say what is wrong in a goroutine dump",
		Long: `Dump reads goroutines in any form that Go prints (a crash, SIGQUIT, runtime.Stack, /debug/pprof/goroutine with debug=0, 1 or 2, logs around them), from files,
standard input, a running process by its number, or an address. It says first what is wrong: PROVED follows from the dump, LIKELY is inferred, with the
share of such findings that are right. Then come the groups, largest first, and what this dump cannot show. With several dumps of one process, oldest
first, it also says what has changed. It exits 1 if a defect is proved, and 2 if what it reads is no dump.
PID reads the goroutines of a running Go program (1.22 to 1.27, linux/amd64) from its memory. It need not be built for that, is not killed and not written to. Every
goroutine that waits for a lock, channel or descriptor comes with it, each case of a select too. It must be yours, or be read with CAP_SYS_PTRACE.
Sources are looked for where the dump says, and below the directory --source; without them little can be inferred.`,
		Example: "  harness dump goroutines.txt\n  harness dump http://localhost:6060/debug/pprof/goroutine\n  harness dump before.txt after.txt --where 'func=shop. minutes>=5'",
		PreRunE: a.readEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("harness dump goroutines.txt", "name a file, a process or an address, or - for standard input")
			}
			return a.runDump(cmd.Context(), args, flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.where, "where", "", "show only goroutines that fit an `expression`: state=select func=http. minutes>=5 id=7 label.user=anna flag=leaked, with and, or, not")
	f.StringVar(&flags.by, "by", "situation", "group by situation, state, function, creator or label:`KEY`")
	f.BoolVar(&flags.all, "all", false, "show all groups, with whole stacks and numbers")
	f.StringVar(&flags.svg, "svg", "", "draw who waits for whom into this `file` as well")
	f.StringVar(&flags.html, "html", "", "write a page into this `file` instead")
	f.BoolVar(&flags.json, "json", false, "write one JSON document instead")
	f.BoolVar(&flags.stop, "stop", false, "halt a process while it is read: what follows is proved then, and it costs a pause of milliseconds to seconds")
	f.StringVar(&flags.source, "source", ".", "look for sources below this `directory` too")
	return cmd
}

// A reading is what the command found out.
type reading struct {
	dumps    []*dump.Dump
	names    []string
	findings []finding.Finding
	graph    *waitgraph.Graph
	groups   []dump.Group // of the last dump
	shown    *dump.Dump   // the goroutines that --where chooses
	changed  []dump.Growth
	flags    dumpFlags
}

// last returns the newest dump.
func (r *reading) last() *dump.Dump { return r.dumps[len(r.dumps)-1] }

// runDump reads, diagnoses and shows dumps.
func (a *app) runDump(ctx context.Context, args []string, flags dumpFlags) error {
	by, err := groupBy(flags.by)
	if err != nil {
		return err
	}
	filter, err := dump.ParseFilter(flags.where)
	if err != nil && flags.where != "" {
		return usage("harness help dump shows an expression", "--where: %w", err)
	}
	r := &reading{names: args, flags: flags}
	for _, arg := range args {
		d, err := a.readDump(ctx, arg, flags.stop)
		if err != nil {
			return err
		}
		r.dumps = append(r.dumps, d)
	}
	r.diagnose(filter, by)
	if slices.ContainsFunc(r.findings, func(f finding.Finding) bool { return f.Certainty == finding.Proved }) {
		a.exit = report.ExitViolated
	}
	return a.showDump(r)
}

// groupBy reads --by.
func groupBy(name string) (dump.By, error) {
	if key, ok := strings.CutPrefix(name, "label:"); ok && key != "" {
		return dump.ByLabel(key), nil
	}
	all := []dump.By{dump.BySituation, dump.ByState, dump.ByFunction, dump.ByCreator}
	for _, by := range all {
		if by.Name == name {
			return by, nil
		}
	}
	return dump.By{}, usage("situation, state, function, creator, or label:KEY", "--by %q is none of the ways to group", name)
}

// diagnose finds out everything that is shown.
func (r *reading) diagnose(filter *dump.Filter, by dump.By) {
	o := diagnose.Options{Source: sourceBelow(r.flags.source), Again: again(r.names[len(r.names)-1])}
	_, r.graph = diagnose.Explain(r.last(), o)
	r.findings = diagnose.Compare(r.dumps, o)
	r.shown = r.last()
	if r.flags.where != "" {
		r.shown = r.last().Select(filter.Match)
		r.findings = r.about()
	}
	r.groups = dump.Groups(r.shown, by)
	if len(r.dumps) > 1 {
		r.changed = dump.Trend(r.dumps).Groups
		r.changed = slices.DeleteFunc(r.changed, func(g dump.Growth) bool { return g.By() == 0 })
	}
}

// about returns the findings about the goroutines that are shown.
func (r *reading) about() []finding.Finding {
	shown := map[int64]bool{}
	for i := range r.shown.Goroutines {
		shown[r.shown.Goroutines[i].ID] = true
	}
	return slices.DeleteFunc(r.findings, func(f finding.Finding) bool {
		return !slices.ContainsFunc(f.Goroutines, func(id int64) bool { return shown[id] })
	})
}

// showDump writes what the flags ask for.
func (a *app) showDump(r *reading) error {
	if r.flags.svg != "" {
		err := writeFile(r.flags.svg, func(w io.Writer) error { return r.graph.SVG(w, r.graph.Stuck(waitgraph.Inferred)) })
		if err != nil {
			return usage("--svg names a file that can be written", "%w", err)
		}
	}
	switch {
	case r.flags.html != "":
		if err := writeFile(r.flags.html, r.page); err != nil {
			return usage("--html names a file that can be written", "%w", err)
		}
		fmt.Fprintf(a.Stdout, "page     %s\n", filepath.ToSlash(r.flags.html))
	case r.flags.json:
		return a.writeJSON(r.document())
	default:
		r.text(a.Stdout)
	}
	if r.flags.svg != "" {
		fmt.Fprintf(a.Stdout, "picture  %s\n", filepath.ToSlash(r.flags.svg))
	}
	return nil
}

// largestSource bounds a source file that is read because a dump names it.
const largestSource = 2 << 20

// sourceBelow returns a function that finds the sources which a dump names: where it says, or below a directory by the end of the path. It opens nothing
// but regular files with the name of Go files.
func sourceBelow(dir string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if !strings.HasSuffix(name, ".go") {
			return nil, os.ErrNotExist
		}
		parts := strings.Split(strings.ReplaceAll(name, `\`, "/"), "/")
		tries := []string{}
		if filepath.IsAbs(name) {
			tries = append(tries, name)
		}
		for i := range parts {
			if p := filepath.Join(parts[i:]...); filepath.IsLocal(p) {
				tries = append(tries, filepath.Join(dir, p))
			}
		}
		for _, p := range tries {
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() && info.Size() <= largestSource {
				return os.ReadFile(p)
			}
		}
		return nil, os.ErrNotExist
	}
}

// notADump turns the error of reading a dump into one that says what to do.
func notADump(name string, err error) error {
	var not *dump.NotADump
	if errors.As(err, &not) {
		hint := not.Hint
		if hint == "" {
			hint = "a dump is what SIGQUIT, a crash, runtime.Stack and /debug/pprof/goroutine?debug=2 print"
		}
		return usage(hint, "%s is %w", name, err)
	}
	return usage("name a goroutine dump that can be read", "%s: %w", name, err)
}
