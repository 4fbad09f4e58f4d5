// Package locks holds programs that lock twice, in the wrong order, or for too long.
package locks
