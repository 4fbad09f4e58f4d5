package cli

import (
	"context"
	"errors"

	"github.com/concurrency-god-mode/godmode/harness"
)

// runPackages is filled in below.
func (a *app) runPackages(ctx context.Context, e harness.Engine, packages []string) error {
	return errors.New("later")
}

func (a *app) inPackage(ctx context.Context, r repro) (*answer, error) {
	return nil, errors.New("later")
}
