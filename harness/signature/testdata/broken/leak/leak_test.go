package leak

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv("LEAKMAIN") != "" {
		goleak.VerifyTestMain(m)
	}
	os.Exit(m.Run())
}

func start(n int) {
	c := make(chan int)
	for range n {
		go func() { <-c }()
	}
}

func TestLeak(t *testing.T) {
	if os.Getenv("LEAKMAIN") == "" {
		defer goleak.VerifyNone(t)
	}
	start(2)
}
