// Package sharing holds programs in which two goroutines share a variable that only one of them was thought to have.
package sharing
