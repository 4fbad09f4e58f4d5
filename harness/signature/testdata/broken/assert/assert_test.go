package assert

import (
	"fmt"
	"testing"
)

func check(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("got %d items in %q, want %d\nsecond line", got, "queue", want)
	}
}

func TestPlain(t *testing.T) {
	t.Log("starting at 12:31:05")
	check(t, 3, 4)
	t.Log("done")
}

func TestFatal(t *testing.T) { t.Log("note 1"); t.Fatalf("timed out after %v", 3) }

func TestSilent(t *testing.T) { t.Fail() }

func TestTable(t *testing.T) {
	for i := range 3 {
		t.Run(fmt.Sprint("case", i), func(t *testing.T) {
			t.Parallel()
			fmt.Println("printed by the program")
			if i > 0 {
				t.Error("wrong case", i)
			}
		})
	}
}

func TestSkipped(t *testing.T) { t.Skip("not here") }

func TestQuotesPanic(t *testing.T) {
	t.Error("output was:\npanic: quoted\n\ngoroutine 7 [running]:\nmain.main()\n\t/x.go:3 +0x1")
}
