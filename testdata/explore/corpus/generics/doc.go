// Package generics holds programs that go wrong inside of generic types.
package generics
