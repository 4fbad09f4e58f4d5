package bank

import (
	"sync"
	"testing"
)

func TestDeposit(t *testing.T) {
	a := &Account{}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { a.Deposit(1) })
	}
	all.Wait()
	if n := a.Balance(); n != 2 {
		t.Fatalf("%d of 2 are left", n)
	}
}
