// Package rwlocks holds programs that misread what a read-write lock promises.
package rwlocks
