// Package contexts holds programs that cancel too early, too late, the wrong thing or nothing.
package contexts
