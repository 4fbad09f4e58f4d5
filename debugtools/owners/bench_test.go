//go:build unix

package owners

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sasha-s/go-deadlock"
)

// BenchmarkWork measures locks of the build that it is part of, and those of go-deadlock, in nanoseconds of processor time (user and system) for each operation.
// BenchmarkModes runs it in all builds.
func BenchmarkWork(b *testing.B) {
	b.Run("lock/sync", func(b *testing.B) { var m sync.Mutex; work(b, lockUnlock(&m)) })
	b.Run("lock/go-deadlock", func(b *testing.B) { var m deadlock.Mutex; work(b, lockUnlock(&m)) })
	b.Run("rlock/sync", func(b *testing.B) { var m sync.RWMutex; work(b, lockUnlock(m.RLocker())) })
	b.Run("rlock/go-deadlock", func(b *testing.B) {
		var m deadlock.RWMutex
		n := 0
		work(b, func() { m.RLock(); n++; m.RUnlock() })
	})
	b.Run("pair/sync", func(b *testing.B) { var m, n sync.Mutex; work(b, pairOf(&m, &n)) })
	b.Run("pair/go-deadlock", func(b *testing.B) { var m, n deadlock.Mutex; work(b, pairOf(&m, &n)) })
	b.Run("others-hold-10000/sync", func(b *testing.B) { others(b, make([]sync.Mutex, 10_001)) })
	b.Run("others-hold-10000/go-deadlock", func(b *testing.B) { othersDeadlock(b, make([]deadlock.Mutex, 10_001)) })
	b.Run("holds-10000/sync", func(b *testing.B) {
		locks := make([]sync.Mutex, 10_001)
		for i := range locks[1:] {
			locks[i+1].Lock()
		}
		work(b, lockUnlock(&locks[0]))
		for i := range locks[1:] {
			locks[i+1].Unlock()
		}
	})
	b.Run("two-goroutines/sync", func(b *testing.B) { var m sync.Mutex; two(b, &m) })
	b.Run("two-goroutines/go-deadlock", func(b *testing.B) { var m deadlock.Mutex; two(b, &m) })
	b.Run("ping-pong/sync", pingPong)
}

// lockUnlock locks and unlocks a lock. The calls are not by interface where that is of weight.
func lockUnlock(l sync.Locker) func() {
	n := 0 // so that there is something to guard
	if m, ok := l.(*sync.Mutex); ok {
		return func() { m.Lock(); n++; m.Unlock() }
	}
	if m, ok := l.(*deadlock.Mutex); ok {
		return func() { m.Lock(); n++; m.Unlock() }
	}
	return func() { l.Lock(); n++; l.Unlock() }
}

// pairOf locks one lock in another.
func pairOf(l, m sync.Locker) func() {
	outer, inner := l, lockUnlock(m)
	if x, ok := outer.(*sync.Mutex); ok {
		return func() { x.Lock(); inner(); x.Unlock() }
	}
	return func() { outer.Lock(); inner(); outer.Unlock() }
}

// work does something b.N times.
func work(b *testing.B, f func()) {
	f()
	before := processorTime()
	b.ResetTimer()
	for range b.N {
		f()
	}
	b.StopTimer()
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
}

// processorTime returns the processor time of this process.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// others measures a lock while another goroutine holds all others.
func others(b *testing.B, locks []sync.Mutex) {
	held, end := make(chan bool), make(chan bool)
	go func() {
		for i := range locks[1:] {
			locks[i+1].Lock()
		}
		close(held)
		<-end
		for i := range locks[1:] {
			locks[i+1].Unlock()
		}
		close(end)
	}()
	<-held
	work(b, lockUnlock(&locks[0]))
	end <- true
	<-end
}

// othersDeadlock is the same for go-deadlock. Each lock is held by a goroutine of its own: to hold many in one takes it minutes.
func othersDeadlock(b *testing.B, locks []deadlock.Mutex) {
	var held, over sync.WaitGroup
	end := make(chan bool)
	for i := range locks[1:] {
		held.Add(1)
		over.Go(func() {
			locks[i+1].Lock()
			held.Done()
			<-end
			locks[i+1].Unlock()
		})
	}
	held.Wait()
	work(b, lockUnlock(&locks[0]))
	close(end)
	over.Wait()
}

// two measures a lock that two goroutines want.
func two(b *testing.B, l sync.Locker) {
	f := lockUnlock(l)
	before := processorTime()
	b.ResetTimer()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range b.N / 2 {
				f()
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
}

// pingPong measures channels, which order mode watches.
func pingPong(b *testing.B) {
	there, back := make(chan int), make(chan int)
	go func() {
		for x := range there {
			back <- x
		}
	}()
	work(b, func() { there <- 1; <-back })
	close(there)
}

// rounds is how often BenchmarkModes runs each build, in turn; go-deadlock, which takes long, once. The least of each measurement counts.
const rounds = 4

// BenchmarkModes builds this test as it is, with owners and with order, runs BenchmarkWork in turn, and prints a table.
//
//	go test ./debugtools/owners -run '^$' -bench Modes -benchtime 1x
func BenchmarkModes(b *testing.B) {
	if testing.Short() {
		b.Skip("builds a standard library")
	}
	dir := b.TempDir()
	modes := []Mode{"", Owners, Order}
	for _, m := range modes {
		var said bytes.Buffer
		args := []string{"test", "-c", "-o", filepath.Join(dir, "work"+string(m)), "."}
		var err error
		if m == "" {
			err = exec.Command("go", args...).Run()
		} else {
			err = Command{Mode: m, Verb: "test", Args: args[1:], Stderr: &said}.Run(context.Background())
		}
		if err != nil {
			b.Fatal(err, said.String())
		}
	}
	least := map[string]map[Mode]float64{}
	for round := range rounds {
		for _, m := range modes {
			which := "^BenchmarkWork$/./^sync$"
			if round == 0 && m == "" {
				which = "^BenchmarkWork$"
			}
			out, err := exec.Command(filepath.Join(dir, "work"+string(m)), "-test.run=^$", "-test.bench="+which, "-test.benchtime=60ms").Output()
			if err != nil {
				b.Fatal(err)
			}
			collect(least, m, out)
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-32s %12s %12s %12s   processor ns an operation\n", "", "go build", Owners, Order)
	var names []string
	for name := range least {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&table, "%-32s %12.1f %12.1f %12.1f\n", name, least[name][""], least[name][Owners], least[name][Order])
	}
	fmt.Println("\n" + table.String()) // b.Log cuts it off
}

// collect reads the output of BenchmarkWork.
func collect(least map[string]map[Mode]float64, m Mode, out []byte) {
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		f := strings.Fields(sc.Text())
		i := slices.Index(f, "cpu-ns/op")
		if i < 1 {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(f[0], "BenchmarkWork/"), "-2")
		v, err := strconv.ParseFloat(f[i-1], 64)
		if err != nil {
			continue
		}
		if least[name] == nil {
			least[name] = map[Mode]float64{}
		}
		if old, ok := least[name][m]; !ok || v < old {
			least[name][m] = v
		}
	}
}
