package sched

import "math/bits"

// RootKey is the key of the first thread.
const RootKey uint64 = 0x726f6f74

// golden is the increment of splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
const golden = 0x9e3779b97f4a7c15

// mix is the finalizer of splitmix64: a bijection in which each bit of the argument changes about half of the bits of the result.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// ChildKey is the key of the nth thread that a thread starts, from 0.
func ChildKey(parent uint64, n int) uint64 { return mix(mix(parent+golden) + uint64(n)) }

// ObjectKey is the key of the nth object of a thread, by whatever count the engine keeps.
func ObjectKey(thread uint64, n int) uint64 { return mix(mix(thread^golden) + uint64(n)) }

// Draw is the nth number of the stream of data choices of a thread, from 0. It does not depend on the schedule.
func Draw(seed, thread, n uint64) uint64 {
	return mix(mix(seed+golden) ^ mix(thread) + (n+1)*golden)
}

// Seed is the seed of the nth schedule of an exploration, from 0.
func Seed(seed uint64, n int) uint64 { return mix(seed + uint64(n+1)*golden) }

// random is splitmix64: small, and good enough for every statistic that the tests look at.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += golden
	return mix(r.state)
}

// below returns a number from 0 to n-1. The bias is below n/2^64.
func (r *random) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.next(), n)
	return hi
}
