// Package iterators holds programs whose iterators outlive their loop, or do too much inside of it.
package iterators
