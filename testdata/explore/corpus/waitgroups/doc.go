// Package waitgroups holds programs that count wrongly with a sync.WaitGroup.
package waitgroups
