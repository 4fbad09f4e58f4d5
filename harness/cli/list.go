package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness"
	"github.com/concurrency-god-mode/godmode/targets"
	"github.com/spf13/cobra"
)

// listCommand returns the command list.
func (a *app) listCommand() *cobra.Command {
	var faults, asJSON bool
	cmd := &cobra.Command{
		Use: "list [ROW | ROW/TARGET]...", Short: "show rows, targets, their engines and seeded bugs",
		Long: "List shows the roadmap row by row: what each target is, which engines run it (and why not the others), and its seeded bugs with the engines\n" +
			"that must catch each.",
		Example:           "  harness list\n  harness list lockfree/treiber-stack\n  harness list --json",
		ValidArgsFunction: a.complete,
		RunE: func(_ *cobra.Command, args []string) error {
			if faults {
				return a.listFaults(args)
			}
			list, err := a.listed(args)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.listJSON(list)
			}
			a.listText(list, len(args) == 0)
			return nil
		},
	}
	cmd.Flags().BoolVar(&faults, "faults", false, "show the faults instead, with the targets that they apply to")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write a JSON array")
	return cmd
}

// listed returns the rows, cut down to what the arguments select.
func (a *app) listed(args []string) ([]targets.Row, error) {
	if len(args) == 0 {
		return a.Rows, nil
	}
	list, err := a.choose(args)
	if err != nil {
		return nil, err
	}
	var rows []targets.Row
	for _, r := range a.Rows {
		r.Targets = slices.DeleteFunc(slices.Clone(r.Targets), func(t *harness.Target) bool {
			return !slices.ContainsFunc(list, func(c chosen) bool { return c.target == t })
		})
		if len(r.Targets) > 0 {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// listText prints rows for people. Rows without targets are named at the end.
func (a *app) listText(rows []targets.Row, all bool) {
	var planned []string
	for _, r := range rows {
		if len(r.Targets) == 0 {
			planned = append(planned, r.Name)
			continue
		}
		fmt.Fprintf(a.Stdout, "%s   %s   (phase %s)\n\n", r.Name, r.Doc, r.Phase)
		for _, t := range r.Targets {
			a.listTarget(t)
		}
	}
	if all && len(planned) > 0 {
		fmt.Fprintf(a.Stdout, "no targets yet: %s\n", strings.Join(planned, ", "))
	}
}

// listTarget prints a target.
func (a *app) listTarget(t *harness.Target) {
	fmt.Fprintf(a.Stdout, "  %-18s %s\n", t.Name, t.Doc)
	if t.Source != "" {
		fmt.Fprintf(a.Stdout, "  %-18s source: %s\n", "", t.Source)
	}
	fmt.Fprintf(a.Stdout, "  %-18s engines: %s\n", "", strings.Join(engineNames(harness.EnginesOf(t)), ", "))
	for _, e := range harness.Engines() {
		if why := t.Skip[e]; why != "" {
			fmt.Fprintf(a.Stdout, "  %-18s not %s: %s\n", "", e, why)
		}
	}
	for _, b := range t.Bugs {
		fmt.Fprintf(a.Stdout, "    #%-15s %s (caught by %s)\n", b.Name, b.Doc, strings.Join(engineNames(b.CaughtBy), ", "))
	}
	fmt.Fprintln(a.Stdout)
}

func engineNames(list []harness.Engine) []string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = string(e)
	}
	return names
}

// listFaults prints the faults and where they apply.
func (a *app) listFaults(args []string) error {
	rows, err := a.listed(args)
	if err != nil {
		return err
	}
	var order []*harness.Fault
	where := map[*harness.Fault][]string{}
	for _, r := range rows {
		for _, t := range r.Targets {
			for _, f := range t.Faults {
				if where[f] == nil {
					order = append(order, f)
				}
				where[f] = append(where[f], t.Name)
			}
		}
	}
	for _, f := range order {
		fmt.Fprintf(a.Stdout, "%-18s %s\n%-18s applies to %s\n", f.Name, f.Doc, "", strings.Join(where[f], ", "))
	}
	return nil
}

// listing is a target as list --json writes it.
type listing struct {
	Row     string            `json:"row"`
	Phase   string            `json:"phase"`
	Name    string            `json:"name"`
	Doc     string            `json:"doc"`
	Source  string            `json:"source,omitempty"`
	Engines []harness.Engine  `json:"engines"`
	Skip    map[string]string `json:"skip,omitempty"`
	Bugs    []listingBug      `json:"bugs,omitempty"`
	Faults  []string          `json:"faults,omitempty"`
}

type listingBug struct {
	Name     string           `json:"name"`
	Doc      string           `json:"doc"`
	Kind     string           `json:"kind,omitempty"`
	CaughtBy []harness.Engine `json:"caught_by"`
}

// listJSON prints all targets as one array.
func (a *app) listJSON(rows []targets.Row) error {
	all := []listing{}
	for _, r := range rows {
		for _, t := range r.Targets {
			all = append(all, newListing(r, t))
		}
	}
	enc := json.NewEncoder(a.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(all)
}

func newListing(r targets.Row, t *harness.Target) listing {
	l := listing{Row: r.Name, Phase: r.Phase, Name: t.Name, Doc: t.Doc, Source: t.Source, Engines: harness.EnginesOf(t)}
	for e, why := range t.Skip {
		if l.Skip == nil {
			l.Skip = map[string]string{}
		}
		l.Skip[string(e)] = why
	}
	for _, b := range t.Bugs {
		l.Bugs = append(l.Bugs, listingBug{b.Name, b.Doc, b.Kind, b.CaughtBy})
	}
	for _, f := range t.Faults {
		l.Faults = append(l.Faults, f.Name)
	}
	return l
}

// versionCommand returns the command version.
func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version of harness and of Go", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.Stdout, "harness %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// version returns the module version that this binary was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
