package choice

import (
	"math"
	"testing"
)

// TestPublishedSequence compares the generator with the published reference output of SplitMix64 for seed 1234567.
func TestPublishedSequence(t *testing.T) {
	s := New(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := s.Uint64(); got != want {
			t.Errorf("number %d: got %d, want %d", i, got, want)
		}
	}
}

func TestIntnCoversItsRange(t *testing.T) {
	s, seen := New(1), [7]int{}
	for range 7000 {
		seen[s.Intn(7)]++
	}
	for v, n := range seen {
		if n < 800 || n > 1200 {
			t.Errorf("%d came %d times of 7000", v, n)
		}
	}
}

func TestChanceIsAFraction(t *testing.T) {
	for _, p := range []float64{0, 0.25, 0.5, 1} {
		s, hits := New(9), 0
		for range 10000 {
			if s.Chance(p) {
				hits++
			}
		}
		if got := float64(hits) / 10000; math.Abs(got-p) > 0.02 {
			t.Errorf("p=%v: got %v", p, got)
		}
	}
}

// TestKeyedDependsOnEveryPart changes one part of the key at a time.
func TestKeyedDependsOnEveryPart(t *testing.T) {
	base := Keyed(1, "site", "key", 0)
	if base != Keyed(1, "site", "key", 0) {
		t.Fatal("not a function of its arguments")
	}
	for name, other := range map[string]uint64{
		"seed": Keyed(2, "site", "key", 0), "site": Keyed(1, "sitf", "key", 0),
		"key": Keyed(1, "site", "kez", 0), "n": Keyed(1, "site", "key", 1), "swapped": Keyed(1, "key", "site", 0),
	} {
		if other == base {
			t.Errorf("the decision does not depend on the %s", name)
		}
	}
}

func TestKeyedFiresAtItsRate(t *testing.T) {
	hits := 0
	for n := range uint64(10000) {
		if Fires(3, "s", "k", n, 0.1) {
			hits++
		}
	}
	if hits < 900 || hits > 1100 {
		t.Errorf("fired %d of 10000 at p=0.1", hits)
	}
}

func TestSplitsDiffer(t *testing.T) {
	s := New(5)
	if s.Split(0).Uint64() == s.Split(1).Uint64() {
		t.Error("two children draw the same number")
	}
}
