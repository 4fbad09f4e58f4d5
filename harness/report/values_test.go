package report

import (
	"encoding/json"
	"flag"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSeed(t *testing.T) {
	for text, want := range map[string]Seed{
		"0x5eed17": 0x5eed17, "0X5EED17": 0x5eed17, "6221079": 0x5eed17, "0": 0, "017": 17, "0xffffffffffffffff": math.MaxUint64,
		"18446744073709551615": math.MaxUint64,
	} {
		var viaFlag, viaJSON, viaNumber Seed
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.TextVar(&viaFlag, "seed", Seed(0), "")
		got, err := ParseSeed(text)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		if err := flags.Parse([]string{"-seed", text}); err != nil || viaFlag != want {
			t.Errorf("%s as a flag: %v, %v", text, viaFlag, err)
		}
		if err := json.Unmarshal([]byte(`"`+text+`"`), &viaJSON); err != nil || viaJSON != want {
			t.Errorf("%s as JSON: %v, %v", text, viaJSON, err)
		}
		if err := viaNumber.UnmarshalJSON([]byte(text)); err != nil || viaNumber != want {
			t.Errorf("%s as a number: %v, %v", text, viaNumber, err)
		}
		if again, err := ParseSeed(want.String()); err != nil || again != want {
			t.Errorf("%v: read back as %v, %v", want, again, err)
		}
	}
	for _, text := range []string{"", "0x", "x", "-1", "1e3", "0x1g", "18446744073709551616", "1_000", " 1", "0b1"} {
		if s, err := ParseSeed(text); err == nil || !strings.Contains(err.Error(), "0x5eed17") {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	var s Seed
	for _, text := range []string{`"`, `"\u00"`, "1.5", "true", `{}`} {
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s: %v", text, s)
		}
	}
	if s.Type() != "seed" {
		t.Error(s.Type())
	}
}

func TestCount(t *testing.T) {
	for want, n := range map[string]int64{
		"0": 0, "7": 7, "999": 999, "1 000": 1000, "12 345": 12345, "1 104 000": 1_104_000, "-1": -1, "-100": -100, "-1 000": -1000,
		"-9 223 372 036 854 775 808": math.MinInt64,
	} {
		if got := Count(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for want, f := range map[string]float64{
		"0": 0, "1": 1, "4.8": 4.8, "4.81": 4.8123, "0.0714": 1. / 14, "123": 123.4, "999": 999.4, "1 k": 999.6, "12.3 k": 12345, "1.1 M": 1.1e6,
		"2.5 G": 2.5e9, "7 T": 7e12, "999 T": 9.99e14, "1e+15": 1e15, "-1.5": -1.5, "-2.5 k": -2500, "1.23e-09": 1.2345e-9, "0.00001": 1e-5,
		"?": math.NaN(),
	} {
		if got := Number(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
	if got := Number(math.Copysign(0, -1)); got != "0" {
		t.Errorf("-0: %q", got)
	}
	if got := Number(math.Inf(-1)); got != "?" {
		t.Errorf("-Inf: %q", got)
	}
}

func TestPercent(t *testing.T) {
	for want, f := range map[string]float64{"37 %": 0.37, "0.07 %": 0.0007, "100 %": 1, "0 %": 0, "33.3 %": 1. / 3, "?": math.Inf(1)} {
		if got := Percent(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}

func TestElapsed(t *testing.T) {
	const ms = time.Millisecond
	for want, d := range map[string]time.Duration{
		"0ns": 0, "999ns": 999, "1µs": 1000, "351µs": 350_600, "3.2ms": 3200 * time.Microsecond, "0.02s": 20 * ms, "0.09s": 94 * ms, "0.1s": 95 * ms,
		"9.8s": 9800 * ms, "30.1s": 30_100 * ms, "99.9s": 99_900 * ms, "1m40s": 99_950 * ms, "12m05s": 725 * time.Second, "1h00m": 3599_600 * ms,
		"2h03m": 123 * time.Minute, "30h00m": 30 * time.Hour, "-1.5s": -1500 * ms,
	} {
		if got := Elapsed(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if got := Elapsed(math.MinInt64); !strings.HasPrefix(got, "-2562047h") {
		t.Errorf("the least: %q", got)
	}
}

func TestBudget(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"30s": 30 * time.Second, "1m": time.Minute, "1m30s": 90 * time.Second, "2h": 2 * time.Hour, "1h30m": 90 * time.Minute, "10m": 10 * time.Minute,
		"1h0m5s": time.Hour + 5*time.Second, "500ms": 500 * time.Millisecond,
	} {
		if got := Budget(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
		if again, err := time.ParseDuration(want); err != nil || again != d {
			t.Errorf("%q is not read back: %v, %v", want, again, err)
		}
	}
}

func TestPlural(t *testing.T) {
	for want, got := range map[string]string{
		"1 target": Plural(1, "target"), "5 targets": Plural(5, "target"), "0 tests": Plural(0, "test"),
		"1 property": Plural(1, "property"), "3 properties": Plural(3, "property"), "1 000 histories": Plural(1000, "history"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWorst(t *testing.T) {
	order := []Status{Skipped, Caught, Held, Inconclusive, Errored, Missed, Violated}
	for i, a := range order {
		var c Counts
		for _, b := range order[:i+1] {
			if Worst(a, b) != a || Worst(b, a) != a {
				t.Errorf("worst of %s and %s: %s", a, b, Worst(a, b))
			}
			c.Add(b)
		}
		if c.Worst() != a || c.Total() != i+1 {
			t.Errorf("worst of %+v: %s", c, c.Worst())
		}
	}
	if Worst() != Inconclusive || (Counts{}).Worst() != Inconclusive {
		t.Error("nothing is not inconclusive")
	}
	if Worst(Held, "peculiar") != "peculiar" || Worst("peculiar", Errored) != Errored {
		t.Error("an unknown outcome does not count as inconclusive")
	}
}

func TestExit(t *testing.T) {
	for _, c := range []struct {
		statuses []Status
		want     ExitCode
	}{
		{nil, ExitInconclusive},
		{[]Status{Held, Skipped}, ExitHeld},
		{[]Status{Caught, Held}, ExitHeld},
		{[]Status{Skipped}, ExitInconclusive},
		{[]Status{Held, Inconclusive}, ExitInconclusive},
		{[]Status{"peculiar", Held}, ExitInconclusive},
		{[]Status{Inconclusive, Errored, Held}, ExitCannotRun},
		{[]Status{Errored, Missed}, ExitViolated},
		{[]Status{Held, Violated, Errored}, ExitViolated},
	} {
		var n Counts
		for _, s := range c.statuses {
			n.Add(s)
		}
		if got := Worst(c.statuses...).Exit(); got != c.want {
			t.Errorf("%v: exit %d, want %d", c.statuses, got, c.want)
		}
		if got := n.Worst().Exit(); got != c.want {
			t.Errorf("%v counted: exit %d, want %d", c.statuses, got, c.want)
		}
	}
}

// TestExitTable pins the codes, which scripts of users depend on.
func TestExitTable(t *testing.T) {
	golden(t, "exit-codes.txt", []byte(ExitTable()))
	if got := ExitUsage.String(); got != "usage error" {
		t.Error(got)
	}
	if got := ExitCode(77).String(); got != "exit code 77" {
		t.Error(got)
	}
}

func TestModes(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(key string) string {
			if i := slices.Index(pairs, key); i >= 0 {
				return pairs[i+1]
			}
			return ""
		}
	}
	for _, c := range []struct {
		mode             Mode
		terminal         bool
		env              func(string) string
		colour, progress bool
	}{
		{Auto, true, env(), true, true},
		{"", true, env(), true, true},
		{Auto, false, env(), false, false},
		{Auto, true, env("NO_COLOR", "1"), false, true},
		{Auto, true, env("NO_COLOR", ""), true, true},
		{Auto, true, env("TERM", "dumb"), false, false},
		{Auto, false, env("CI", "true"), false, false},
		{Always, false, env("NO_COLOR", "1", "TERM", "dumb"), true, true},
		{Never, true, env(), false, false},
	} {
		if got := c.mode.Colour(c.terminal, c.env); got != c.colour {
			t.Errorf("%+v: colour %v", c, got)
		}
		if got := c.mode.Progress(c.terminal, c.env); got != c.progress {
			t.Errorf("%+v: progress %v", c, got)
		}
	}
	var m Mode
	for _, text := range []string{"always", "never", "auto"} {
		if err := m.Set(text); err != nil || m.String() != text {
			t.Errorf("%s: %v, %v", text, m, err)
		}
	}
	if err := m.Set("perhaps"); err == nil {
		t.Error("perhaps was accepted")
	}
	if Mode("").String() != "auto" || m.Type() != "auto|always|never" {
		t.Error("the zero mode is not auto")
	}
}

func TestIsTerminal(t *testing.T) {
	null := openNull(t)
	for name, f := range map[string]any{"/dev/null": null, "a buffer": &strings.Builder{}, "nothing": nil, "discard": io.Discard} {
		if IsTerminal(f) {
			t.Errorf("%s is a terminal", name)
		}
		if w := Width(f, 77); w != 77 {
			t.Errorf("%s is %d columns wide", name, w)
		}
	}
}

// TestRealTerminal asks a pseudo-terminal, where the system has one.
func TestRealTerminal(t *testing.T) {
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer f.Close()
	if !IsTerminal(f) {
		t.Error("a pseudo-terminal is no terminal")
	}
	if w := Width(f, 77); w < 1 {
		t.Errorf("it is %d columns wide", w)
	}
}

// TestNumberIsCloseEnough compares with the definition: three significant digits are off by half a unit of the third at most.
func TestNumberIsCloseEnough(t *testing.T) {
	units := map[string]float64{"": 1, " k": 1e3, " M": 1e6, " G": 1e9, " T": 1e12}
	for f := 1.0001e-12; f < 1e15; f *= 1.37 {
		text := Number(f)
		digits := strings.TrimRight(text, " kMGT")
		n, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			t.Fatalf("%v: %q: %v", f, text, err)
		}
		if n *= units[text[len(digits):]]; math.Abs(n-f) > 0.00501*f {
			t.Errorf("%v: %q is %v", f, text, n)
		}
		if strings.Contains(digits, ".") && !strings.Contains(digits, "e") && strings.HasSuffix(digits, "0") {
			t.Errorf("%v: %q has a spurious zero", f, text)
		}
	}
}

// TestCountIsExact compares with the digits without blanks.
func TestCountIsExact(t *testing.T) {
	for n := int64(1); n > 0 && n < math.MaxInt64/7; n *= 7 {
		for _, m := range []int64{n, -n} {
			groups := strings.Split(Count(m), " ")
			if strings.Join(groups, "") != strconv.FormatInt(m, 10) {
				t.Errorf("%d: %q", m, groups)
			}
			for _, g := range groups[1:] {
				if len(g) != 3 {
					t.Errorf("%d: %q", m, groups)
				}
			}
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{"a\x1b[0m\x00b\n\tc": "a[0mb\n\tc", "\xff": "\uFFFD", "\uFFFFx\u0085": "x", "é": "é"} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := line("\n a\n\nb\t"); got != " a b" {
		t.Errorf("line: %q", got)
	}
}
