package linear

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
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

// readJepsen reads a log of a register with read, write and cas, in which "nil" is a value of its own. An operation whose outcome is
// unknown (:info) stays pending; a failed cas is an operation that found another value, any other failure did nothing.
func readJepsen(t testing.TB, path string) []Op[act] {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var ops []Op[act]
	open := map[int]int{}
	lines := bufio.NewScanner(f)
	for at := int64(0); lines.Scan(); at++ {
		fields := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(lines.Text()))
		if len(fields) < 6 || fields[0] != "INFO" {
			continue
		}
		var client int
		if _, err := fmt.Sscan(fields[3], &client); err != nil {
			continue
		}
		kind, op, args := fields[4], strings.TrimPrefix(fields[5], ":"), fields[6:]
		if kind == ":invoke" {
			open[client] = len(ops)
			ops = append(ops, Op[act]{Client: client, Call: at, Pending: true, Input: act{op: op, unsure: true, arg: value(args, 0), b: value(args, 1)}})
			continue
		}
		o := &ops[open[client]]
		switch {
		case kind == ":ok":
			o.Return, o.Pending, o.Input.unsure, o.Input.ok = at, false, false, true
			if op == "read" {
				o.Input.result = value(args, 0)
			}
		case kind == ":fail" && op == "cas":
			o.Return, o.Pending, o.Input.unsure = at, false, false
		case kind == ":fail":
			o.Input.op = "nothing"
		}
	}
	return ops
}

// value reads an argument; nil is -1.
func value(args []string, i int) int {
	if i >= len(args) || args[i] == "nil" {
		return -1
	}
	return num(args[i])
}

// jepsen is the model of those logs: the register holds nil at first.
var jepsen = oneModel{name: "etcd", init: "-1", reads: map[string]bool{"read": true, "nothing": true},
	next: func(s string, a act) (string, int, bool) {
		if a.op == "nothing" {
			return s, a.result, a.ok
		}
		return register(s, a)
	}}

// TestEtcdLogs compares verdicts on the etcd histories that Jepsen recorded.
func TestEtcdLogs(t *testing.T) {
	logs, _ := filepath.Glob(filepath.Join(porcupineDir(t), "test_data", "jepsen", "etcd_*.log"))
	if len(logs) < 100 {
		t.Fatalf("only %d logs found", len(logs))
	}
	legal := 0
	for _, path := range logs {
		ops := readJepsen(t, path)
		want := oracle(jepsen, ops)
		got := Check(jepsen.ours(true), ops, Limits{})
		if got.Verdict == Unknown || (got.Verdict == Ok) != want {
			t.Errorf("%s: %v, porcupine says %v", filepath.Base(path), got.Verdict, want)
		}
		if want {
			legal++
		}
	}
	t.Logf("%d logs, %d linearizable", len(logs), legal)
	if legal == 0 || legal == len(logs) {
		t.Errorf("%d of %d logs are linearizable: the reader is wrong", legal, len(logs))
	}
}
