package gotest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// lookup returns the last value of a variable in an environment.
func lookup(env []string, name string) (value string, ok bool) {
	for _, e := range env {
		if v, found := strings.CutPrefix(e, name+"="); found {
			value, ok = v, true
		}
	}
	return value, ok
}

// without returns an environment without some variables, each of the others once, with its last value.
func without(env []string, names ...string) []string {
	drop := map[string]bool{}
	for _, n := range names {
		drop[n] = true
	}
	kept := make([]string, 0, len(env))
	for _, e := range slices.Backward(env) {
		name, _, ok := strings.Cut(e, "=")
		if !ok || name == "" || drop[name] {
			continue
		}
		drop[name] = true
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	return kept
}

// raceOptions are appended to the options in GORACE, so that they win: every race is reported, however often it repeats, and
// on the output that is read.
const raceOptions = "halt_on_error=0 suppress_equal_stacks=0 exitcode=66 log_path=stderr"

// memoryLimit keeps a process whose collector is off from taking all memory.
const memoryLimit = "2GiB"

// variables returns the variables that a plan sets, sorted by name. user is the value of GORACE in the environment.
func (p Plan) variables(race bool, user string) []string {
	vars := []string{"GOMAXPROCS=" + strconv.Itoa(p.Procs), fmt.Sprintf("HARNESS_RUN_SEED=%#x", p.Seed)}
	if p.GOGC != "" {
		vars = append(vars, "GOGC="+p.GOGC)
	}
	if p.GOGC == "off" {
		vars = append(vars, "GOMEMLIMIT="+memoryLimit)
	}
	if race {
		sleep := 0
		if p.Late {
			sleep = 1000
		}
		vars = append(vars, "GORACE="+strings.TrimSpace(fmt.Sprintf("%s %s atexit_sleep_ms=%d", user, raceOptions, sleep)))
	}
	slices.Sort(vars)
	return vars
}

// planVariables are the variables that a plan may set. GOGC and GOMEMLIMIT are set only where the environment does not.
var planVariables = append([]string{"GOMAXPROCS", "HARNESS_RUN_SEED", "GORACE", "PWD"}, tempVariables...)

// shellCommand writes a command that repeats a run as closely as a shell can: the same environment, flags and test, but without
// the pauses, and beside nothing else.
func shellCommand(dir string, env, args []string, cpu int) string {
	words := []string{"cd", quote(dir), "&&"}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		words = append(words, name+"="+quote(value))
	}
	if cpu >= 0 {
		words = append(words, "taskset", "-c", strconv.Itoa(cpu))
	}
	for _, a := range args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// quote writes a word for a POSIX shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
