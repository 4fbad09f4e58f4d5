package leak

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/dump"
)

// sleepers is a dump in which goroutines of one go statement sleep.
func sleepers(t *testing.T, ids ...int) *dump.Dump {
	t.Helper()
	text := "goroutine 1 [chan receive]:\nmain.main()\n\t/src/main.go:5 +0x1\n"
	for _, id := range ids {
		text += fmt.Sprintf("\ngoroutine %d [sleep]:\ntime.Sleep(0x1)\n\t/go/src/runtime/time.go:1 +0x1\nq.late()\n\t/src/q.go:5 +0x1\ncreated by q.Start in goroutine 1\n\t/src/q.go:4 +0x1\n", id)
	}
	d, err := dump.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLate: goroutines that end by themselves, later than their test, are no leak; those that stay are, also if they were not there from the start.
func TestLate(t *testing.T) {
	for _, c := range []struct {
		name  string
		dumps [][]int
		stays bool
	}{
		{"each ends two iterations later", [][]int{{}, {11}, {11, 12}, {12, 13}, {13, 14}}, true},
		{"each stays", [][]int{{}, {11}, {11, 12}, {11, 12, 13}}, false},
		{"from the third on", [][]int{{}, {}, {}, {13}, {13, 14}}, false},
		{"the first ends, later ones stay for longer", [][]int{{}, {11}, {11, 12}, {12, 13}, {12, 13, 14}, {12, 13, 14, 15}}, false},
	} {
		var dumps []*dump.Dump
		for _, ids := range c.dumps {
			dumps = append(dumps, sleepers(t, ids...))
		}
		leaks := Survivors(dumps, nil)
		if len(leaks) != 1 || (leaks[0].Stays != "") != c.stays {
			t.Errorf("%s: %+v", c.name, leaks)
		}
	}
}
