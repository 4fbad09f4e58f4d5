//go:build unix && !linux

package gotest

import "syscall"

// groupAttributes puts a process into a group of its own.
func groupAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
