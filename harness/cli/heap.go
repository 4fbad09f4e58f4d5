package cli

import (
	"bufio"
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/debugtools/heap"
	"github.com/concurrency-god-mode/godmode/harness/report"
	"github.com/spf13/cobra"
)

// heapFlags are the flags of heap.
type heapFlags struct {
	binary string
	path   string
	top    int
	json   bool
}

// heapCommand returns the command heap.
func (a *app) heapCommand() *cobra.Command {
	var flags heapFlags
	cmd := &cobra.Command{
		Use: "heap FILE [LATER]", Short: "say who keeps memory, from a heap dump or a heap profile",
		Long: `Heap reads a dump of runtime/debug.WriteHeapDump, or a heap or allocs profile (debug=0); which of both it is, the content tells. Of one dump
it shows who keeps memory: what would be freed without this variable or that goroutine. Of one profile it shows which places have allocated
what is in use. Of two files of one process, the later one second, it shows what grew.

A dump names global variables only with the program that wrote it: --binary. A program that go test or go run built has no names; go test -c keeps them.

It exits 0 if it could read the files, 2 if a file is neither, and 4 if a dump ends before it says what keeps objects.`,
		Example: "  harness heap app.heap --binary ./app\n  harness heap before.heap after.heap --binary ./app\n" +
			"  harness heap app.heap --binary ./app --path main.newSession\n  harness heap before.pb.gz after.pb.gz",
		PreRunE: a.readEnvironment,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) < 1 || len(args) > 2:
				return usage("harness heap FILE, or harness heap BEFORE AFTER", "name one heap dump or heap profile, or two of one process")
			case flags.top < 1:
				return usage("--top 10 shows ten lines", "--top %d shows nothing", flags.top)
			}
			return a.runHeap(args, flags)
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.binary, "binary", "", "the `program` that wrote the dump, for the names of its variables")
	f.StringVar(&flags.path, "path", "", "show how roots reach this `object`: an address (0xc000123456), or part of the name of its allocation site")
	f.IntVar(&flags.top, "top", 10, "show so `many` lines of each list")
	f.BoolVar(&flags.json, "json", false, "write one JSON object")
	return cmd
}

// A heapFile is what was in a file: one of both.
type heapFile struct {
	name    string
	views   []heap.Views
	dump    *heap.Analysis
	profile *heap.Profile
}

// runHeap reads the files and shows what they say.
func (a *app) runHeap(args []string, flags heapFlags) error {
	var symbols *heap.Symbols
	if flags.binary != "" {
		var err error
		if symbols, err = heap.ReadSymbols(flags.binary); err != nil {
			return usage("--binary names the program that wrote the dump, built by go build or go test -c without -ldflags=-s", "%w", err)
		}
	}
	var files []*heapFile
	for _, name := range args {
		f, err := readHeap(name, symbols)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	view, err := a.heapView(files, flags)
	if err != nil {
		return err
	}
	if flags.json {
		e := json.NewEncoder(a.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(view)
	}
	view.text(a.Stdout)
	return nil
}

// heapView chooses what is shown of the files.
func (a *app) heapView(files []*heapFile, flags heapFlags) (*heapView, error) {
	first, last := files[0], files[len(files)-1]
	for _, f := range files {
		if f.dump != nil && !f.dump.Dump.Rooted() {
			a.exit = report.ExitInconclusive
		}
	}
	switch {
	case (first.dump == nil) != (last.dump == nil):
		return nil, usage("two dumps can be compared, or two profiles", "%s and %s: one is a heap dump, the other a heap profile", first.name, last.name)
	case flags.path != "" && (last.dump == nil || len(files) > 1):
		return nil, usage("harness heap DUMP --path 0xc000123456", "--path needs one heap dump: only dumps know who points to what")
	case flags.path != "":
		return viewPath(last, flags)
	case len(files) == 1 && last.dump != nil:
		return viewDump(last, flags.top), nil
	case len(files) == 1:
		return viewProfile(last, flags.top), nil
	case last.dump != nil:
		return viewGrowth(first, last, flags.top), nil
	}
	grown, err := heap.DiffProfiles(first.profile, last.profile)
	if err != nil {
		return nil, usage("name two profiles of one process, the later one second", "%w", err)
	}
	return viewProfileGrowth(first, last, grown, flags.top), nil
}

// readHeap reads a file of either kind.
func readHeap(name string, symbols *heap.Symbols) (*heapFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usage("name a file that runtime/debug.WriteHeapDump or runtime/pprof wrote", "%w", err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	start, err := r.Peek(512)
	if err != nil && err != io.EOF {
		return nil, usage("name a file that runtime/debug.WriteHeapDump or runtime/pprof wrote", "%w", err)
	}
	if heap.IsDump(start) {
		d, err := heap.Read(r, heap.Options{Symbols: symbols})
		if err != nil {
			return nil, cannot("a larger machine, or a dump of a smaller heap", fmt.Errorf("%s: %w", name, err))
		}
		h := &heapFile{name: name, dump: d.Analyse()}
		if _, err := f.Seek(0, io.SeekStart); err == nil { // a pipe cannot be read again
			h.views, _ = h.dump.Views(f)
		}
		return h, nil
	}
	p, err := heap.ReadProfile(r)
	if errors.Is(err, heap.ErrLimit) {
		return nil, cannot("no program writes such a heap profile", fmt.Errorf("%s: %w", name, err))
	} else if err != nil {
		return nil, usage("harness heap reads dumps of runtime/debug.WriteHeapDump, and heap profiles with debug=0",
			"%s is neither a heap dump nor a heap profile: %s", name, looksLike(name, start, err))
	}
	return &heapFile{name: name, profile: p}, nil
}

// looksLike says what a file is instead.
func looksLike(name string, start []byte, err error) string {
	_, notProgram := buildinfo.ReadFile(name)
	switch {
	case len(start) == 0:
		return "it is empty"
	case notProgram == nil:
		return "it is a Go program; --binary is for that"
	case bytes.HasPrefix(start, []byte("goroutine ")) || bytes.Contains(start, []byte("\ngoroutine ")):
		return "it looks like a goroutine dump"
	case bytes.HasPrefix(start, []byte("go 1.")) && bytes.Contains(start, []byte(" trace")):
		return "it looks like an execution trace"
	case bytes.HasPrefix(start, []byte("heap profile:")):
		return "it is a heap profile as text, without names; take it with debug=0"
	case errors.Is(err, heap.ErrProfile) && strings.Contains(err.Error(), "it has "):
		return "it is a profile of something else: " + strings.TrimPrefix(err.Error(), heap.ErrProfile.Error()+": ")
	case bytes.HasPrefix(start, []byte("go1.")):
		return "it looks like a heap dump of another version"
	case bytes.IndexByte(start, 0) < 0:
		line, _, _ := bytes.Cut(start, []byte("\n"))
		return fmt.Sprintf("it begins %q", line[:min(len(line), 60)])
	default:
		return "it is binary, of a format unknown here"
	}
}

// viewPath shows how roots reach an object, or all objects of a site.
func viewPath(f *heapFile, flags heapFlags) (*heapView, error) {
	d := f.dump.Dump
	v := newHeapView("path", f)
	addr, err := strconv.ParseUint(flags.path, 0, 64)
	if err != nil {
		routes, found := d.Paths().Routes(flags.path)
		if found == 0 {
			return nil, usage("harness heap "+f.name+" shows the names of what is kept", "nothing that can be reached is called %q", flags.path)
		}
		v.Summary = append(v.Summary, fmt.Sprintf("%s whose name contains %q can be reached", plural(found, "object"), flags.path))
		for _, r := range routes[:min(len(routes), flags.top)] {
			v.Lines = append(v.Lines, heapLine{Name: r.Path, Bytes: int64(r.Bytes), Objects: int64(r.Objects)})
		}
		return v, nil
	}
	i, ok := d.Find(addr)
	if !ok {
		return nil, usage("addresses of objects are in the dump itself, and in harness heap --json", "no object lies at %#x", addr)
	}
	o := d.Object(i)
	bytes, objects := f.dump.Retained(i)
	v.Summary = append(v.Summary, fmt.Sprintf("object %#x: %s", o.Addr, d.Describe(i)))
	if path := d.Paths().To(i); path == nil {
		v.Summary = append(v.Summary, "garbage: no root reaches it")
	} else {
		v.Lines = []heapLine{{Name: path.String(), Bytes: int64(bytes), Objects: int64(objects)}}
	}
	return v, nil
}

// text writes a view for people.
func (v *heapView) text(w io.Writer) {
	for _, s := range v.Summary {
		fmt.Fprintln(w, s)
	}
	if len(v.Findings)+len(v.Lines) > 0 {
		fmt.Fprintln(w)
	}
	_ = finding.Write(w, v.Findings) // standard output is nobody's file to lose
	if len(v.Lines) > 0 {
		fmt.Fprintf(w, "%10s %9s  %s\n", "bytes", "objects", v.Column)
	}
	for _, l := range v.Lines {
		fmt.Fprintf(w, "%10s %9d  %s%s\n", heap.Size(l.Bytes), l.Objects, l.Name, l.remark())
	}
	if v.More > 0 {
		fmt.Fprintf(w, "%20s  %s more; --top shows them\n", "", plural(v.More, "line"))
	}
}
