package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// overview is the first screen.
const overview = `harness runs concurrent Go until it fails, and says why.

usage: harness COMMAND [ARGUMENT...]

  check    generate small programs, explore their schedules, shrink what fails
  stress   run real goroutines in parallel and judge what they did
  race     stress in a binary with the race detector
  explore  run tests under controlled schedules until one fails
  chaos    stress with faults injected and healed
  soak     rounds of all engines for hours, with a journal that survives
  leaks    run tests several times over, and tell the goroutines they leave
  repro    run a saved failure again
  explain  show what happens in a saved failure
  dump     say what is wrong in a goroutine dump
  heap     say who keeps memory, from a heap dump or a heap profile
  perf     say why a program is slow, from a trace or a profile
  bench    compare two outputs of go test -bench
  build    go build, for a program that records who holds which lock
  locks    read what it recorded on the order of locks
  list     show rows, targets, their engines and seeded bugs

examples: harness stress lockfree   harness explore ./...   harness repro FILE.case   harness dump goroutines.txt
help topics: seeds, exit-codes, json, environment, formats (harness help TOPIC)
flags of a command: harness help COMMAND; also: version, completion bash|zsh|fish
`

// topics are the help texts that belong to no command.
var topics = map[string]func() string{
	"seeds": func() string {
		return `A seed fixes every decision that the harness makes: programs, arguments, injected yields, faults, the order of explored schedules.
It is printed as 0x and hexadecimal digits, and taken in that form or as a decimal number wherever one is wanted: --seed, HARNESS_SEED, case files.

With the same seed, check and machines (row distributed) do exactly the same again. Stress, race and chaos generate the same programs and
the same faults, but the schedule of real goroutines is not decided by the seed; a case file then says how often the failure came back.

Without --seed a run takes a new one, which it prints.
`
	},
	"exit-codes": func() string { return report.ExitTable() },
	"json": func() string {
		return `With --json the result is written as events, one JSON object a line; --json-file writes them beside the text. The first has "schema": ` +
			fmt.Sprint(report.Schema) + `.
Every object has "time" and "event": start, run, progress, fault, violation, shrink, note, verdict, end. The text and the JUnit report are made from
the same events. Additions may come at any time; a change of meaning raises the schema.
All fields: harness/report/README.md.
`
	},
	"environment": func() string {
		return `Every flag has a twin in the environment: HARNESS_ and its name in capitals, with _ for -. The flag wins over the variable, the variable over
the default; --print-config, of commands that run something, shows the value of each flag and where it comes from.

  HARNESS_SEED=0x5eed17     --seed 0x5eed17
  HARNESS_FOR=5m            --for 5m
  HARNESS_JUNIT_FILE=x.xml  --junit-file x.xml

Tests that call harness.Test read HARNESS_ENGINE, HARNESS_SEED, HARNESS_FOR, HARNESS_ITERATIONS, HARNESS_GOROUTINES, HARNESS_OPS and HARNESS_CASES,
or the flags -harness.engine and so on of the test binary.
NO_COLOR and TERM=dumb turn colour off. GORACE is kept and extended for children with the race detector.
`
	},
	"formats": func() string {
		return `FILE.case     a failure: what to run, how it failed, the minimised program, schedule and faults; text, versioned, replayed by harness repro and by
              go test (harness/casefile/README.md)
journal       of a soak: JSON lines, append-only (harness/soak)
--json        events (harness help json)
--junit-file  JUnit XML, a test case a target
`
	},
}

// helpCommand returns the command help, which knows commands and topics.
func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND | TOPIC]", Short: "explain a command or a topic", Hidden: true,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return topicNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				fmt.Fprint(a.Stdout, overview)
				return nil
			}
			if topic := topics[args[0]]; topic != nil && len(args) == 1 {
				fmt.Fprint(a.Stdout, topic())
				return nil
			}
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 || found == cmd.Root() {
				return a.unknownHelp(cmd.Root(), args[0])
			}
			a.help(found, nil)
			return nil
		},
	}
}

func (a *app) unknownHelp(root *cobra.Command, name string) error {
	known := topicNames()
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	hint := "topics: " + strings.Join(topicNames(), ", ")
	if n := nearest(name, known); n != "" {
		hint = "did you mean " + n + "?"
	}
	return usage(hint, "no command or help topic %q", name)
}

func topicNames() []string {
	return []string{"seeds", "exit-codes", "json", "environment", "formats"}
}

// help prints the overview for the root, and what a command does, its examples and flags for others.
func (a *app) help(cmd *cobra.Command, _ []string) {
	if !cmd.HasParent() {
		fmt.Fprint(a.Stdout, overview)
		return
	}
	w := a.Stdout
	fmt.Fprintf(w, "usage: harness %s [flags]\n\n%s\n", cmd.Use, cmp.Or(cmd.Long, cmd.Short))
	if cmd.Example != "" {
		fmt.Fprintf(w, "\n%s\n", cmd.Example)
	}
	flagHelp(w, cmd.Flags())
}

// flagHelp prints a flag a line.
func flagHelp(w io.Writer, set *pflag.FlagSet) {
	var lines [][2]string
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if value != "" {
			name += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" && f.DefValue != "0s" && f.DefValue != "0x0" {
			text += " (default " + f.DefValue + ")"
		}
		lines = append(lines, [2]string{name, text})
	})
	if len(lines) == 0 {
		return
	}
	width := len(slices.MaxFunc(lines, func(a, b [2]string) int { return cmp.Compare(len(a[0]), len(b[0])) })[0])
	fmt.Fprintln(w, "\nflags, each with a twin in the environment (harness help environment):")
	for _, l := range lines {
		fmt.Fprintf(w, "  %-*s  %s\n", width, l[0], l[1])
	}
}
