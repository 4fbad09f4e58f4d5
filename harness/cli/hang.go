package cli

import (
	"bytes"
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
	"github.com/concurrency-god-mode/godmode/harness/signature"
)

// mostCauses bounds how many causes of one hang are told.
const mostCauses = 3

// explainHang says why goroutines hang, from the dump in the output of a process: who holds what the others wait for. It is empty if the failure is none of that kind, or
// nothing is found.
func explainHang(f *signature.Failure, output []byte) string {
	if f.Kind != signature.Hang && f.Kind != signature.Deadlock {
		return ""
	}
	d, err := dump.Read(bytes.NewReader(output))
	if err != nil {
		return ""
	}
	causes := diagnose.Diagnose(d, diagnose.Options{Source: sourceBelow("."), Quiet: true})
	causes = slices.DeleteFunc(causes, func(f finding.Finding) bool { // what the failure says by itself
		return slices.Contains([]string{"all-asleep", "bubble-deadlock", "all-blocked", "crash", "timeout"}, f.Kind)
	})
	var b strings.Builder
	_ = finding.Write(&b, causes[:min(mostCauses, len(causes))]) // a Builder takes everything
	return strings.TrimRight(b.String(), "\n")
}
