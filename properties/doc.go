// Package properties judges finished histories: the sequential specifications (models) that harnesses check linearizability against, and properties
// beyond linearizability.
//
// A model says what each operation must return if operations never overlap; the names of its operations are fixed and documented with each
// model, and a target names its operations after them. Everything here is a pure function of a history.
//
// What a green answer does not show: that the history was long or concurrent enough to tell. The harness reports how much overlapped.
package properties
