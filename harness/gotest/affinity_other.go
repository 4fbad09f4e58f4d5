//go:build !linux

package gotest

// availableCPUs returns nil: affinity is not varied here.
func availableCPUs() []int { return nil }

// pinned runs a function.
func pinned(_ int, f func() error) error { return f() }
