package explain

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// Rewrite the golden files only if the new text is easier to understand than the old one.
var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", file, got)
	}
}

func TestTextGolden(t *testing.T) {
	for _, name := range fixtures(t) {
		var b bytes.Buffer
		e := fixture(t, name)
		if err := Text(&b, e, Options{Source: source}); err != nil {
			t.Fatal(err)
		}
		b.WriteString("\nsignature: " + Signature(e) + "\n")
		golden(t, name+".txt", b.Bytes())
	}
}

func TestPageGolden(t *testing.T) {
	for _, name := range []string{"abba", "lost-update", "race"} {
		var b bytes.Buffer
		if err := HTML(&b, fixture(t, name), Options{Source: source}); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".html", b.Bytes())
	}
}

func TestJSONGolden(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, fixture(t, "reread")); err != nil {
		t.Fatal(err)
	}
	golden(t, "reread.json", b.Bytes())
}
