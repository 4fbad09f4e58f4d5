package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) soakCommand() *cobra.Command {
	return &cobra.Command{Use: "soak", RunE: func(*cobra.Command, []string) error { return errors.New("later") }}
}
