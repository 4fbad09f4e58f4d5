package control

import (
	"os/exec"

	"github.com/concurrency-god-mode/godmode/harness/gotest"
)

// Gently is gotest.Gently, for those who may not know that package.
func Gently(cmd *exec.Cmd) { gotest.Gently(cmd) }
