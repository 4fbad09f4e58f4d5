package channels

// A replica answers a query.
type replica func(key string) string

// queryFirst asks all replicas and returns the answer that comes first.
func queryFirst(replicas []replica, key string) string {
	answers := make(chan string)
	for _, r := range replicas {
		go func() { answers <- r(key) }()
	}
	return <-answers
}

// queryFirstFixed has room for every answer.
func queryFirstFixed(replicas []replica, key string) string {
	answers := make(chan string, len(replicas))
	for _, r := range replicas {
		go func() { answers <- r(key) }()
	}
	return <-answers
}
