// Package oncepool holds programs that initialise twice, never or too late, and that use what they gave back.
package oncepool
