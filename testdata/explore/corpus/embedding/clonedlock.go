package embedding

import "sync"

// A logger writes lines with a prefix to a shared output.
type logger struct {
	*sync.Mutex
	prefix string
	output *[]string
}

func newLogger(output *[]string) *logger {
	return &logger{Mutex: new(sync.Mutex), output: output}
}

// with returns a logger with its own prefix and the same output.
func (l *logger) with(prefix string) *logger {
	return &logger{Mutex: new(sync.Mutex), prefix: prefix, output: l.output}
}

// withFixed shares the lock of the output, too.
func (l *logger) withFixed(prefix string) *logger {
	return &logger{Mutex: l.Mutex, prefix: prefix, output: l.output}
}

func (l *logger) print(line string) {
	l.Lock()
	defer l.Unlock()
	*l.output = append(*l.output, l.prefix+line)
}
