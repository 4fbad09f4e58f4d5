package sched

import "embed"

// Source is the source of this package. It is added to the standard library of the programs under control.
//
//go:embed *.go
var Source embed.FS
