package iterators

import (
	"iter"
	"sync"
)

// A board holds cards, of which some expire.
type board struct {
	mu    sync.Mutex
	cards map[string]bool // to whether it has expired
}

func newBoard() *board { return &board{cards: map[string]bool{"a": false, "b": false}} }

// expired yields the cards that have expired, and is not disturbed while it does.
func (b *board) expired() iter.Seq[string] {
	return func(yield func(string) bool) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for card, expired := range b.cards {
			if expired && !yield(card) {
				return
			}
		}
	}
}

// expiredFixed yields from a copy.
func (b *board) expiredFixed() iter.Seq[string] {
	return func(yield func(string) bool) {
		var copied []string
		for card := range b.expired() {
			copied = append(copied, card)
		}
		for _, card := range copied {
			if !yield(card) {
				return
			}
		}
	}
}

func (b *board) expire(card string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cards[card] = true
}

func (b *board) remove(card string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.cards, card)
}
