package sim

import (
	"crypto/sha256"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
)

// The log of seed 1, so that a change of what seeds mean is noticed: it makes every saved case of a world worthless. Renew it only with that in mind.
const goldenLog = "5d6a8417adc286c8778d3e9447f73deaecd5566c53a4335afc9677242efefd83"

func TestSameSeedSameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	want := map[uint64]string{}
	for seed := range uint64(20) {
		want[seed] = storm(seed)
		if len(want[seed]) < 2000 {
			t.Fatalf("seed %d: hardly anything happened:\n%s", seed, want[seed])
		}
	}
	for _, procs := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(procs)
		for seed := range uint64(20) {
			if got := storm(seed); got != want[seed] {
				t.Fatalf("seed %d at GOMAXPROCS %d: another log\n%s", seed, procs, got)
			}
		}
	}
	if want[1] == want[2] {
		t.Error("two seeds have one log")
	}
}

func TestWorldsAreIndependent(t *testing.T) {
	want := storm(7)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := storm(7); got != want {
				t.Error("worlds that run at the same time disturb one another")
			}
		})
	}
	group.Wait()
}

func TestSeedsMeanTheSameForever(t *testing.T) {
	got := fmt.Sprintf("%x", sha256.Sum256([]byte(storm(1))))
	if got != goldenLog {
		t.Errorf("the log of seed 1 has the digest %s, not %s", got, goldenLog)
		if path := os.Getenv("SIM_LOG"); path != "" {
			_ = os.WriteFile(path, []byte(storm(1)), 0o600)
		}
	}
}

// TestLogCostsNoDecision: a run that is recorded is the run that was not.
func TestLogCostsNoDecision(t *testing.T) {
	for seed := range uint64(10) {
		var end [2]string
		for i := range end {
			w := world(t, seed)
			w.recording = i == 0
			w.Machine("m0", bootEcho)
			w.Machine("m1", bootEcho)
			w.Machine("m2", bootEcho)
			p := w.Port("p")
			client(t, w, func() { chat(p) })
			end[i] = fmt.Sprint(w.Time(), w.Steps(), w.Stamp(), w.random.Uint64())
		}
		if end[0] != end[1] {
			t.Fatalf("seed %d: recorded %s, else %s", seed, end[0], end[1])
		}
	}
}
