// Package lifecycle holds programs that start or stop in the wrong order.
package lifecycle
