package signature

// Std reports whether a function that lies in a file belongs to the standard library or to what go test generates: it is not code that
// somebody tests. Neither has to be complete.
func Std(function, file string) bool { return !frame{function: function, file: file}.user() }

// Declared returns the function that the source declares, without its directories: "queue.(*Queue).Get" for a closure inside of it.
func Declared(function string) string { return short(frame{function: function}.declared()) }

// Template returns a message without what changes from run to run: quoted text, paths, addresses and numbers.
func Template(message string) string { return template(message) }
