//go:build !repaired

package bank

// Deposit puts money into the account, and loses some if two do so at once.
func (a *Account) Deposit(n int) { a.set(a.Balance() + n) }
