// Package errpaths holds programs that forget something when a call fails.
package errpaths
