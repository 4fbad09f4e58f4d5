package errpaths

import (
	"errors"
	"sync"
)

var errNotFound = errors.New("not found")

// A ledger keeps the sum of each customer.
type ledger struct {
	mu   sync.Mutex
	sums map[string]int
}

func newLedger() *ledger { return &ledger{sums: map[string]int{}} }

func (l *ledger) open(customer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sums[customer] = 0
}

func (l *ledger) book(customer string, amount int) error {
	l.mu.Lock()
	sum, ok := l.sums[customer]
	if !ok {
		return errNotFound
	}
	l.sums[customer] = sum + amount
	l.mu.Unlock()
	return nil
}

// bookFixed unlocks on every path.
func (l *ledger) bookFixed(customer string, amount int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum, ok := l.sums[customer]
	if !ok {
		return errNotFound
	}
	l.sums[customer] = sum + amount
	return nil
}
