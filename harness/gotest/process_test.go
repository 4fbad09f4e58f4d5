package gotest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// TestDeafProcessIsDumpedByItsOwnLimit: a program that ignores the signal is left to its own time limit, which prints a dump.
func TestDeafProcessIsDumpedByItsOwnLimit(t *testing.T) {
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestIgnoresQuit", Iterations: 1, Timeout: 100 * time.Millisecond, Calm: true,
		grace: time.Second}
	r := mustRun(t, context.Background(), c)
	if len(r.Buckets) != 1 || r.Buckets[0].Kind != signature.Hang || !strings.Contains(r.Buckets[0].Family, "rare.(*bank).transfer") {
		t.Errorf("%+v", r.Buckets)
	}
}

// TestEscapedProcessIsNoted: what leaves the group cannot be ended, but is not waited for, and said.
func TestEscapedProcessIsNoted(t *testing.T) {
	if _, err := os.Stat("/proc/self/exe"); err != nil || !canDump {
		t.Skip("needs process groups and /proc")
	}
	c := RunConfig{Binaries: binaries(t, scratch(), "rare"), Run: "TestEscapes", Iterations: 1, TempDir: t.TempDir()}
	r, err := Run(context.Background(), c)
	if err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "left its process group") || testOf(t, r, "TestEscapes").Verdict != OK {
		t.Errorf("%v, notes %q", err, r.Notes)
	}
	for _, link := range processesOf(c.Binaries[0].Path) {
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			p, _ := os.FindProcess(pid)
			p.Kill()
		}
	}
	eventually(t, "the escaped process is gone", func() bool { return len(processesOf(c.Binaries[0].Path)) == 0 })
}

func TestPausesAreTakenInTurn(t *testing.T) {
	w := watch{command: command{pauses: []Pause{{5 * time.Millisecond, time.Millisecond}, {7 * time.Millisecond, 2 * time.Millisecond}}}}
	if d := w.nextNudge(time.Millisecond); d != 4*time.Millisecond {
		t.Errorf("the first pause begins in %v", d)
	}
	w.paused = true
	if d := w.nextNudge(6 * time.Millisecond); d != time.Millisecond {
		t.Errorf("the first pause ends in %v", d)
	}
	w.command.pauses, w.paused = w.command.pauses[1:], false
	if d := w.nextNudge(8 * time.Millisecond); d != 0 {
		t.Errorf("a pause that is late begins in %v", d)
	}
	w.command.pauses = nil
	if d := w.nextNudge(0); d != never {
		t.Errorf("after the last pause comes one in %v", d)
	}
}

// BenchmarkProcesses measures how many processes one worker runs in a second, on a test that does nothing; and beside it the same
// binary started bare, one after another, which is what no runner can beat.
func BenchmarkProcesses(b *testing.B) {
	for name, built := range map[string]func() build{"plain": scratch, "race": scratchRace} {
		b.Run(name+"/worker", func(b *testing.B) {
			c := RunConfig{Binaries: binaries(b, built(), "rare"), Run: "^TestClean$", Workers: 1, Iterations: b.N, TempDir: b.TempDir()}
			b.ResetTimer()
			r, err := Run(context.Background(), c)
			if err != nil || r.Processes != b.N {
				b.Fatalf("%d processes, %v", r.Processes, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "processes/s")
		})
		b.Run(name+"/bare", func(b *testing.B) {
			x := binaries(b, built(), "rare")[0]
			b.ResetTimer()
			for range b.N {
				p := exec.Command(x.Path, "-test.run=^TestClean$")
				p.Dir, p.Env = x.Dir, append(os.Environ(), "GORACE=atexit_sleep_ms=0")
				if err := p.Run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "processes/s")
		})
	}
}
