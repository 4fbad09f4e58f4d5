package oncepool

import (
	"sync"
	"testing"
)

// explore:want race
// explore:also assertion
// The bytes belong to a buffer that was given back. Another takes it and writes while the first still reads.
func TestUseAfterPutBug(t *testing.T) { encodeTwo(t, (*encoder).encode) }

func TestUseAfterPutFixed(t *testing.T) { encodeTwo(t, (*encoder).encodeFixed) }

func encodeTwo(t *testing.T, encode func(*encoder, string) []byte) {
	e := newEncoder()
	var wg sync.WaitGroup
	for _, s := range []string{"ping", "pong"} {
		wg.Go(func() {
			for range 2 {
				if got := encode(e, s); string(got) != s {
					t.Errorf("encoded %q, want %q", got, s)
				}
			}
		})
	}
	wg.Wait()
}
