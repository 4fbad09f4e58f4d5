package dump

// NotADump is the error of Read for what is no goroutine dump.
type NotADump struct {
	// Looks says in a few words what it looks like instead.
	Looks string
}

// Error returns one line.
func (e *NotADump) Error() string { return "not a goroutine dump: it looks like " + e.Looks }
