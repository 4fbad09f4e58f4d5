// Package conds holds programs that miss a signal of a sync.Cond, or trust it too much.
package conds
