package diagnose_test

import (
	"bytes"
	"testing"

	"github.com/concurrency-god-mode/godmode/debugtools/diagnose"
	"github.com/concurrency-god-mode/godmode/debugtools/dump"
	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// FuzzDiagnose: whatever can be read as a dump can be diagnosed, twice alike, and every finding has what people need.
func FuzzDiagnose(f *testing.F) {
	for i, d := range kept(f) {
		if i%7 == 0 && len(d.text) < 8<<10 {
			f.Add(d.text)
		}
	}
	f.Add([]byte("goroutine 1 [sync.Mutex.Lock]:\nsync.(*Mutex).Lock(0x1)\n[waits: mutex 0x1 owner=1]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := dump.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		all := diagnose.Diagnose(d, diagnose.Options{Source: source})
		again := diagnose.Compare([]*dump.Dump{d}, diagnose.Options{Source: source})
		if texts(all) != texts(again) {
			t.Error("the same dump is diagnosed differently the second time")
		}
		for _, f := range all {
			if f.Title == "" || f.Kind == "" || f.Certainty == finding.Proved && f.Confidence != 1 || f.Certainty == finding.Likely && (f.Confidence <= 0 || f.Confidence >= 1) {
				t.Errorf("%+v", f)
			}
		}
	})
}
