package exits

import (
	"fmt"
	"log"
	"os"
	"syscall"
	"testing"
)

func TestLogFatal(t *testing.T) { log.Fatal("cannot open /tmp/x123/db: no such file") }
func TestExit(t *testing.T)     { fmt.Println("bye 17"); os.Exit(3) }
func TestKill(t *testing.T)     { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
func TestAbort(t *testing.T)    { syscall.Kill(os.Getpid(), syscall.SIGSEGV); select {} }
