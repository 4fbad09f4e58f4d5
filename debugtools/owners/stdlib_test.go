package owners

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/concurrency-god-mode/godmode/harness/repeat"
)

// TestStd: the tests of packages sync and internal/sync pass with the changes.
func TestStd(t *testing.T) {
	repeat.Once(t)
	if testing.Short() || os.Getenv("GODMODE_NIGHTLY") == "" {
		t.Skip("runs the tests of std: GODMODE_NIGHTLY=1")
	}
	for _, m := range []Mode{Owners, Order} {
		var said bytes.Buffer
		c := Command{Mode: m, Verb: "test", Args: []string{"-short", "sync", "internal/sync", "context"}, Stdout: &said, Stderr: &said}
		if err := c.Run(context.Background()); err != nil {
			t.Errorf("%s: %v\n%s", m, err, said.String())
		}
	}
}
