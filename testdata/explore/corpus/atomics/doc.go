// Package atomics holds programs in which every access is atomic and the whole is not.
package atomics
