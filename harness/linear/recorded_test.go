package linear

import (
	"bufio"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// porcupineDir returns the directory of porcupine's sources, which hold recorded histories.
func porcupineDir(t testing.TB) string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(porcupine.CheckOperations).Pointer()).FileLine(0)
	dir := filepath.Dir(file)
	if _, err := os.Stat(filepath.Join(dir, "test_data")); err != nil {
		t.Skipf("porcupine's recorded histories are not here: %v", err)
	}
	return dir
}

// lines reads a file.
func lines(t testing.TB, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var list []string
	for s := bufio.NewScanner(f); s.Scan(); {
		list = append(list, s.Text())
	}
	return list
}

// published reads the verdicts that porcupine's own tests expect of the logs, by the name of the log without its ending.
func published(t testing.TB) map[string]bool {
	verdicts := map[string]bool{}
	call := regexp.MustCompile(`^\s*check(Jepsen|Kv)\(t, (\d+|"[^"]+"), (true|false)`)
	for _, line := range lines(t, filepath.Join(porcupineDir(t), "porcupine_test.go")) {
		m := call.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := strings.Trim(m[2], `"`)
		if n, err := strconv.Atoi(name); err == nil {
			name = "etcd_" + strconv.Itoa(1000 + n)[1:]
		}
		verdicts[name] = m[3] == "true"
	}
	return verdicts
}

// A recording is a log with the verdict that its owner published, if it did.
type recording struct {
	name      string
	ops       []Op[entry]
	verdict   bool
	published bool
}

// recordings reads all logs that match.
func recordings(t testing.TB, read func([]string) []Op[entry], pattern ...string) []recording {
	paths, _ := filepath.Glob(filepath.Join(append([]string{porcupineDir(t), "test_data"}, pattern...)...))
	verdicts := published(t)
	var list []recording
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		r := recording{name: name, ops: read(lines(t, path))}
		r.verdict, r.published = verdicts[name]
		list = append(list, r)
	}
	return list
}

// entry is an operation of a log. A value of -1 is nil.
type entry struct {
	op      string
	key     string
	a, b    int
	text    string // what is appended, or was found
	result  int
	ok      bool
	unknown bool // the result is not known
}

// etcdStep is the specification of the etcd logs: a register that holds nil at first.
func etcdStep(s int, e entry) (int, bool) {
	switch e.op {
	case "write":
		return e.a, true
	case "cas":
		if s == e.a {
			return e.b, e.ok || e.unknown
		}
		return s, !e.ok || e.unknown
	case "read":
		return s, e.unknown || s == e.result
	}
	return s, true
}

// kvStep is the specification of one key of the key-value logs.
func kvStep(s string, e entry) (string, bool) {
	switch e.op {
	case "put":
		return e.text, true
	case "append":
		return s + e.text, true
	}
	return s, e.unknown || s == e.text
}

// ours makes a model for Check from a specification.
func ours[S comparable](init S, step func(S, entry) (S, bool)) Model[S, entry] {
	return Model[S, entry]{Init: init, Step: step,
		Observer:  func(e entry) bool { return e.op == "read" || e.op == "get" || e.op == "nothing" },
		Twin:      func(a, b entry) bool { return a == b },
		Partition: func(e entry) any { return e.key }}
}

// theirs makes the same model for porcupine.
func theirs[S comparable](init S, step func(S, entry) (S, bool)) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return init },
		Step: func(s, in, _ any) (bool, any) {
			next, ok := step(s.(S), in.(entry))
			return ok, next
		},
		Partition: func(h []porcupine.Operation) [][]porcupine.Operation {
			number, parts := map[string]int{}, [][]porcupine.Operation(nil)
			for _, op := range h {
				k := op.Input.(entry).key
				n, ok := number[k]
				if !ok {
					n, number[k], parts = len(parts), len(parts), append(parts, nil)
				}
				parts[n] = append(parts[n], op)
			}
			return parts
		},
	}
}

// log reads pairs of lines "invoke" and, by the same client, "ok", "fail" or "info".
type log struct {
	ops  []Op[entry]
	open map[string]int
}

func (l *log) call(client string, at int, e entry) {
	e.unknown = true
	l.open[client] = len(l.ops)
	n, _ := strconv.Atoi(client)
	l.ops = append(l.ops, Op[entry]{Client: n, Call: int64(at), Pending: true, Input: e})
}

// end returns the open operation of a client, as completed.
func (l *log) end(client string, at int) *entry {
	o := &l.ops[l.open[client]]
	o.Return, o.Pending, o.Input.unknown = int64(at), false, false
	return &o.Input
}

// value reads an argument.
func value(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return -1
}

// readEtcd reads a log of a register with read, write and cas. An operation whose outcome is unknown (:info) stays pending; a failed cas is an operation
// that found another value, any other failure did nothing.
func readEtcd(text []string) []Op[entry] {
	l := log{open: map[string]int{}}
	plain := strings.NewReplacer("[", "", "]", "", ":", "")
	for at, line := range text {
		f := append(strings.Fields(plain.Replace(line)), "", "")
		if len(f) < 9 || f[0] != "INFO" {
			continue
		}
		switch client, kind, op := f[3], f[4], f[5]; {
		case kind == "invoke":
			l.call(client, at, entry{op: op, a: value(f[6]), b: value(f[7])})
		case kind == "ok":
			e := l.end(client, at)
			e.ok, e.result = true, value(f[6])
		case kind == "fail" && op == "cas":
			l.end(client, at)
		case kind == "fail":
			l.end(client, at).op = "nothing"
		}
	}
	return l.ops
}

var kvLine = regexp.MustCompile(`:process (\d+), :type :(\w+), :f :(\w+), :key "([^"]*)", :value (?:"([^"]*)"|nil)`)

// readKV reads a log of a key-value store with get, put and append.
func readKV(text []string) []Op[entry] {
	l := log{open: map[string]int{}}
	for at, line := range text {
		f := kvLine.FindStringSubmatch(line)
		switch {
		case f == nil:
		case f[2] == "invoke":
			l.call(f[1], at, entry{op: f[3], key: f[4], text: f[5]})
		case f[2] == "ok":
			l.end(f[1], at).text = f[5]
		}
	}
	return l.ops
}

// forPorcupine converts a log.
func forPorcupine(ops []Op[entry]) []porcupine.Operation {
	var list []porcupine.Operation
	for _, o := range ops {
		if o.Pending {
			o.Return = 1 << 62
		}
		list = append(list, porcupine.Operation{ClientId: o.Client, Input: o.Input, Call: o.Call, Return: o.Return})
	}
	return list
}

var patience = flag.Duration("oracle.patience", 200*time.Millisecond, "time for porcupine's verdict on a recorded log; after it, the published one counts")

// brief reports whether the long logs are left out, and published verdicts are believed.
func brief() bool { return testing.Short() || slowed }

// verdictOf returns the verdict that a log should get: porcupine's, which must be the published one. In a brief run, and for logs that take porcupine too
// long, it is the published one. Slow says that porcupine gave none.
func verdictOf(t *testing.T, r recording, model porcupine.Model) (legal, slow bool) {
	said := porcupine.Unknown
	if !brief() || !r.published {
		said = porcupine.CheckOperationsTimeout(model, forPorcupine(r.ops), *patience)
	}
	legal = said == porcupine.Ok
	switch {
	case said == porcupine.Unknown && !r.published:
		t.Errorf("%s: nobody knows the verdict", r.name)
	case said == porcupine.Unknown:
		return r.verdict, true
	case r.published && legal != r.verdict:
		t.Errorf("%s: porcupine says %v, its own tests expect %v: the log is read wrongly", r.name, said, r.verdict)
	}
	return legal, false
}

// judgeAll compares our verdict on each log with the one it should get.
func judgeAll[S comparable](t *testing.T, list []recording, init S, step func(S, entry) (S, bool)) {
	legal, published, slow := 0, 0, 0
	for _, r := range list {
		if brief() && len(r.ops) > 1000 {
			continue
		}
		want, late := verdictOf(t, r, theirs(init, step))
		if got := Check(ours(init, step), r.ops, Limits{}); got.Verdict == Unknown || (got.Verdict == Ok) != want {
			t.Errorf("%s: %v, should be linearizable: %v", r.name, got.Verdict, want)
		}
		legal += count01(want)
		published += count01(r.published)
		slow += count01(late)
	}
	t.Logf("%d logs, %d linearizable, %d with a published verdict, %d without one of porcupine", len(list), legal, published, slow)
	if legal == 0 || legal == len(list) {
		t.Errorf("%d of %d logs are linearizable: the reader is wrong", legal, len(list))
	}
}

// TestEtcdLogs compares verdicts on the etcd histories that Jepsen recorded.
func TestEtcdLogs(t *testing.T) {
	repeat.Once(t)
	judgeAll(t, recordings(t, readEtcd, "jepsen", "etcd_*.log"), -1, etcdStep)
}

// TestKVLogs compares verdicts on the recorded histories of a key-value store.
func TestKVLogs(t *testing.T) {
	judgeAll(t, recordings(t, readKV, "kv", "*.txt"), "", kvStep)
}

// BenchmarkRecorded judges all logs of a kind.
func BenchmarkRecorded(b *testing.B) {
	benchRecorded(b, "etcd", recordings(b, readEtcd, "jepsen", "etcd_*.log"), -1, etcdStep)
	benchRecorded(b, "kv", recordings(b, readKV, "kv", "*.txt"), "", kvStep)
}

func benchRecorded[S comparable](b *testing.B, name string, list []recording, init S, step func(S, entry) (S, bool)) {
	b.Run(name+"/godmode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range list {
				Check(ours(init, step), r.ops, Limits{})
			}
		}
	})
	histories := make([][]porcupine.Operation, len(list))
	for i, r := range list {
		histories[i] = forPorcupine(r.ops)
	}
	b.Run(name+"/porcupine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, h := range histories {
				porcupine.CheckOperations(theirs(init, step), h)
			}
		}
	})
}
