// Package channels holds programs that block, panic or mix things up at a channel.
package channels
