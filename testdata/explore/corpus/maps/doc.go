// Package maps holds programs that share a map or a slice without knowing it.
package maps
