package sharing

import (
	"errors"
	"sync"
)

var errEmpty = errors.New("empty name")

func validate(name string) error {
	if name == "" {
		return errEmpty
	}
	return nil
}

// register validates both names at the same time.
func register(first, last string) error {
	var wg sync.WaitGroup
	var err error
	wg.Go(func() {
		if e := validate(last); e != nil {
			err = e
		}
	})
	if err = validate(first); err != nil {
		wg.Wait()
		return err
	}
	wg.Wait()
	return err
}

// registerFixed has an error for each.
func registerFixed(first, last string) error {
	var wg sync.WaitGroup
	var lastErr error
	wg.Go(func() { lastErr = validate(last) })
	firstErr := validate(first)
	wg.Wait()
	return errors.Join(firstErr, lastErr)
}
