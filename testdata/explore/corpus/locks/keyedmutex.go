package locks

import "sync"

// A keyedMutex has a lock for each key that is in use.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func newKeyedMutex() *keyedMutex { return &keyedMutex{locks: map[string]*sync.Mutex{}} }

// lock returns what unlocks.
func (k *keyedMutex) lock(key string) func() {
	k.mu.Lock()
	l := k.locks[key]
	if l == nil {
		l = new(sync.Mutex)
		k.locks[key] = l
	}
	k.mu.Unlock()
	l.Lock()
	return func() {
		k.mu.Lock()
		delete(k.locks, key)
		k.mu.Unlock()
		l.Unlock()
	}
}

// A fixedKeyedMutex forgets a lock when nobody holds it or waits for it.
type fixedKeyedMutex struct {
	mu    sync.Mutex
	locks map[string]*countedMutex
}

type countedMutex struct {
	sync.Mutex
	users int
}

func newFixedKeyedMutex() *fixedKeyedMutex {
	return &fixedKeyedMutex{locks: map[string]*countedMutex{}}
}

func (k *fixedKeyedMutex) lock(key string) func() {
	k.mu.Lock()
	l := k.locks[key]
	if l == nil {
		l = new(countedMutex)
		k.locks[key] = l
	}
	l.users++
	k.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(k.locks, key)
		}
	}
}
