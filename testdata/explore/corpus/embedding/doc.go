// Package embedding holds programs that lock another lock than they think, because it came with an embedded type or a method value.
package embedding
