// Package selects holds programs that spin in a select, or choose the wrong case.
package selects
