package contexts

import "context"

// A backend computes an answer. It does not know of contexts.
type backend func(query string) string

// ask gives up when the context ends.
func ask(ctx context.Context, b backend, query string) (string, error) {
	answer := make(chan string)
	go func() { answer <- b(query) }()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// askFixed has room for an answer that nobody waits for any more.
func askFixed(ctx context.Context, b backend, query string) (string, error) {
	answer := make(chan string, 1)
	go func() { answer <- b(query) }()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
