package errpaths

// A check looks at one dependency of a service.
type check func() error

// healthy runs all checks at the same time and returns the first error.
func healthy(checks []check) error {
	errs := make(chan error)
	for _, c := range checks {
		go func() { errs <- c() }()
	}
	for range checks {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// healthyFixed has room for all the errors.
func healthyFixed(checks []check) error {
	errs := make(chan error, len(checks))
	for _, c := range checks {
		go func() { errs <- c() }()
	}
	for range checks {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}
