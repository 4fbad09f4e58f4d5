package dump

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// The reference: a parser that is slow and obviously right. It reads clean text of the forms that list goroutines one by one, with
// regular expressions, line by line, and gives a plain text for each goroutine. Tests compare it with Read and with what was written.
var (
	refHeader = regexp.MustCompile(`^goroutine (\d+)(?: gp=0x[0-9a-f]+ m=(?:nil|\d+ mp=0x[0-9a-f]+))? \[(.*):$`)
	refInside = regexp.MustCompile(`^([^\],]+?)((?: \((?:leaked|scan|durable)\))*)(?:, (\d+) minutes)?(, locked to thread)?(?:, synctest bubble (\d+))?(?: labels:\{(.*)\}\]|\] \{(.*)\}|\])$`)
	refLabel  = regexp.MustCompile(`("(?:[^"\\]|\\.)*"|[\w./]+): ("(?:[^"\\]|\\.)*"|[\w./]*)(?:, |$)`)
	refCall   = regexp.MustCompile(`^(.+)\(([^()]*)\)$`)
	refPlace  = regexp.MustCompile(`^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$`)
	refMade   = regexp.MustCompile(`^created by (.*?)(?: in goroutine (\d+))?$`)
	refElided = regexp.MustCompile(`^\.\.\.(?:(\d+)|additional) frames elided\.\.\.$`)
	refOwner  = regexp.MustCompile(`^\[(waits|holds): (\S+) (0x[0-9a-f]+)(?: owner=(-?\d+))?(?: count=(-?\d+))?(?: at=(.*))?\]$`)
	refToken  = regexp.MustCompile(`0x([0-9a-f]+)(\?)?|_|\.\.\.|[{}]`)
)

// reference reads a text.
func reference(text string) []string {
	var all []string
	for _, block := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		if m := refHeader.FindStringSubmatch(lines[0]); m != nil {
			all = append(all, referenceGoroutine(m, lines[1:]))
		}
	}
	return all
}

// referenceGoroutine reads a goroutine.
func referenceGoroutine(head, lines []string) string {
	in := refInside.FindStringSubmatch(head[2])
	if in == nil {
		return "unreadable: " + head[0]
	}
	labels := referenceLabels(in[6] + in[7])
	minutes, bubble := "0", "0"
	if in[3] != "" {
		minutes = in[3]
	}
	if in[5] != "" {
		bubble = in[5]
	}
	flags := map[string]bool{"locked": in[4] != ""}
	for _, f := range []string{"leaked", "scan", "durable"} {
		flags[f] = strings.Contains(in[2], "("+f+")")
	}
	var body, holds strings.Builder
	parent := "0"
	for i := 0; i < len(lines); i++ {
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		if m := refElided.FindStringSubmatch(lines[i]); m != nil {
			n := m[1]
			if n == "" {
				n = "-1"
			}
			fmt.Fprintf(&body, "elided %s\n", n)
		} else if strings.HasPrefix(lines[i], "\tgoroutine running on other thread") {
			flags["nostack"] = true
		} else if strings.HasPrefix(lines[i], "[originating") {
			flags["ancestors"] = true
			for i+1 < len(lines) && !refOwner.MatchString(lines[i+1]) {
				i++
			}
		} else if m := refOwner.FindStringSubmatch(lines[i]); m != nil {
			addr, _ := strconv.ParseUint(m[3], 0, 64)
			owner, _ := strconv.ParseInt(m[4], 10, 64)
			count, _ := strconv.ParseInt(m[5], 10, 64)
			to := &body
			if m[1] == "holds" {
				to = &holds
			}
			fmt.Fprintf(to, "%s %s %#x %d %d %q\n", m[1], m[2], addr, owner, count, m[6])
		} else if place := refPlace.FindStringSubmatch(next); place != nil {
			if m := refMade.FindStringSubmatch(lines[i]); m != nil {
				fmt.Fprintf(&body, "creator %s %s %s\n", m[1], place[1], place[2])
				if m[2] != "" {
					parent = m[2]
				}
			} else if m := refCall.FindStringSubmatch(lines[i]); m != nil {
				fmt.Fprintf(&body, "call %s %s %s (%s)\n", m[1], place[1], place[2], referenceArgs(m[2]))
			}
			i++
		}
	}
	return fmt.Sprintf("%s %s %s bubble %s parent %s %s%s\n%s", head[1], in[1], minutes, bubble, parent, flagText(flags), labels, body.String()+holds.String())
}

// flagText lists what is true.
func flagText(flags map[string]bool) string {
	var list []string
	for name, set := range flags {
		if set {
			list = append(list, name)
		}
	}
	sort.Strings(list)
	return strings.Join(list, ",")
}

// referenceLabels reads labels.
func referenceLabels(text string) string {
	var list []Label
	for _, m := range refLabel.FindAllStringSubmatch(text, -1) {
		for i := range m {
			if s, err := strconv.Unquote(m[i]); err == nil {
				m[i] = s
			}
		}
		list = append(list, Label{m[1], m[2]})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Key < list[j].Key })
	return fmt.Sprintf(" %q", list)
}

// referenceArgs reads an argument list.
func referenceArgs(text string) string {
	if text == "..." {
		return "inline"
	}
	var list []string
	depth := 0
	for _, m := range refToken.FindAllStringSubmatch(text, -1) {
		switch m[0] {
		case "{":
			depth++
			continue
		case "}":
			depth--
			continue
		case "_", "...":
			list = append(list, fmt.Sprintf("- %v", depth > 0))
			continue
		}
		list = append(list, fmt.Sprintf("%s%s %v", m[1], m[2], depth > 0))
	}
	return strings.Join(list, ", ")
}

// plain gives the same text for what Read has read.
func plain(d *Dump) []string {
	var all []string
	for i := range d.Goroutines {
		all = append(all, plainGoroutine(&d.Goroutines[i]))
	}
	return all
}

// plainGoroutine is plain for one.
func plainGoroutine(g *Goroutine) string {
	var body strings.Builder
	for i, f := range g.Stack.Frames {
		switch {
		case f.Elided != 0:
			fmt.Fprintf(&body, "elided %d\n", f.Elided)
		case f.Inline:
			fmt.Fprintf(&body, "call %s %s %d (inline)\n", f.Func, f.File, f.Line)
		default:
			fmt.Fprintf(&body, "call %s %s %d (%s)\n", f.Func, f.File, f.Line, plainArgs(g, i))
		}
	}
	if c := g.Stack.Creator; c.Func != "" {
		fmt.Fprintf(&body, "creator %s %s %d\n", c.Func, c.File, c.Line)
	}
	for _, o := range g.Waits {
		fmt.Fprintf(&body, "waits %s %#x %d %d %q\n", o.Kind, o.Addr, o.Owner, o.Count, o.At)
	}
	for _, o := range g.Holds {
		fmt.Fprintf(&body, "holds %s %#x %d %d %q\n", o.Kind, o.Addr, o.Owner, o.Count, o.At)
	}
	flags := map[string]bool{}
	for name, f := range flagNames {
		flags[name] = f != System && g.Flags&f != 0
	}
	return fmt.Sprintf("%d %s %d bubble %d parent %d %s %q\n%s", g.ID, g.State, g.Minutes, g.Bubble, g.Parent, flagText(flags), g.Labels, body.String())
}

// plainArgs is plain for the arguments of a frame.
func plainArgs(g *Goroutine, frame int) string {
	var list []string
	for n, w := range g.Shape.Words(frame) {
		value, exact, ok := g.Arg(frame, n)
		stale := ""
		if !exact {
			stale = "?"
		}
		if !ok {
			list = append(list, fmt.Sprintf("- %v", w.Inner))
			continue
		}
		list = append(list, fmt.Sprintf("%x%s %v", value, stale, w.Inner))
	}
	return strings.Join(list, ", ")
}
