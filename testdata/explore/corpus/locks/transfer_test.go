package locks

import (
	"sync"
	"testing"
)

// explore:want deadlock
// Two transfers in opposite directions have each locked their first account.
func TestTransferBug(t *testing.T) { transferBothWays(t, transfer) }

func TestTransferFixed(t *testing.T) { transferBothWays(t, transferFixed) }

func transferBothWays(t *testing.T, transfer func(from, to *account, amount int)) {
	a, b := &account{id: 1, balance: 100}, &account{id: 2, balance: 100}
	var wg sync.WaitGroup
	wg.Go(func() { transfer(a, b, 10) })
	wg.Go(func() { transfer(b, a, 20) })
	wg.Wait()
	if a.balance != 110 || b.balance != 90 {
		t.Errorf("balances %d and %d, want 110 and 90", a.balance, b.balance)
	}
}
