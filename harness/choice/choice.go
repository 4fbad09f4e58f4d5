// Package choice is where every random decision of the harness comes from: small deterministic generators, and decisions
// keyed by what they decide.
//
// A stream ([Stream]) serves whoever asks in a fixed order: one goroutine, one schedule. Under real parallelism there is no
// fixed order, so a fault asks [Keyed] instead: the decision is a hash of the seed, the place, the key and how often that key came
// there, and does not depend on what other goroutines did in between. The same seed then means the same decisions.
//
// The generator is SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, figure 16).
package choice

// A Stream is a sequence of 64-bit numbers fixed by its seed. It is not safe for concurrent use; give each goroutine its own by
// [Stream.Split]. It implements math/rand/v2.Source.
type Stream struct{ state uint64 }

// New returns the stream of a seed.
func New(seed uint64) *Stream { return &Stream{seed} }

// Uint64 returns the next number.
func (s *Stream) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	return mix(s.state)
}

// Intn returns a number in [0, n); n must be positive. The bias is below n/2^32 and of no consequence for choosing.
func (s *Stream) Intn(n int) int {
	return int((s.Uint64() >> 32) * uint64(n) >> 32)
}

// Chance reports true with probability p.
func (s *Stream) Chance(p float64) bool { return below(s.Uint64(), p) }

// Split returns a stream of its own for the n-th child, independent of what is drawn from either afterwards.
func (s *Stream) Split(n uint64) *Stream { return &Stream{Mix(s.state, n)} }

// Mix hashes two numbers into one.
func Mix(a, b uint64) uint64 { return mix(mix(a+0x9e3779b97f4a7c15) ^ (b + 0x632be59bd9b4e019)) }

// Keyed returns the number that decides what happens when key passes site for the n-th time, under a seed.
func Keyed(seed uint64, site, key string, n uint64) uint64 {
	return Mix(Mix(Mix(seed, text(site)), text(key)), n)
}

// Fires reports whether a keyed decision of probability p is yes.
func Fires(seed uint64, site, key string, n uint64, p float64) bool {
	return below(Keyed(seed, site, key, n), p)
}

// below reports whether u, as a fraction of 2^53 of its upper bits, is below p.
func below(u uint64, p float64) bool { return float64(u>>11)/(1<<53) < p }

// mix is the output function of SplitMix64, a bijection.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// text hashes a string by FNV-1a, 64 bits.
func text(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
