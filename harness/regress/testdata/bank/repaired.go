//go:build repaired

package bank

// Deposit puts money into the account.
func (a *Account) Deposit(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += n
}
