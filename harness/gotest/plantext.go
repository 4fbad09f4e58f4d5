package gotest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/casefile"
)

// String writes a plan as one line of words, name=value.
func (p Plan) String() string {
	var words []string
	for _, pair := range p.pairs() {
		words = append(words, pair.Key+"="+pair.Value)
	}
	return strings.Join(words, " ")
}

// pairs writes a plan as the settings of a case: what it leaves as it is is left out.
func (p Plan) pairs() casefile.Pairs {
	all := casefile.Pairs{{Key: "seed", Value: fmt.Sprintf("%#x", p.Seed)}, {Key: "gomaxprocs", Value: strconv.Itoa(p.Procs)}}
	if p.GOGC != "" {
		all.Set("gogc", p.GOGC)
	}
	if p.CPU >= 0 {
		all.Set("cpu", strconv.Itoa(p.CPU))
	}
	var pauses []string
	for _, pause := range p.Pauses {
		pauses = append(pauses, fmt.Sprintf("%v+%v", pause.After, pause.For))
	}
	if len(pauses) > 0 {
		all.Set("pauses", strings.Join(pauses, ","))
	}
	if p.Shuffle != 0 {
		all.Set("shuffle", strconv.FormatUint(p.Shuffle, 10))
	}
	if p.Late {
		all.Set("late", "on")
	}
	return all
}

// ParsePlan reads the plan among the settings of a case; settings that are not a plan's are passed over. Seed and gomaxprocs are
// needed.
func ParsePlan(settings casefile.Pairs) (Plan, error) {
	p := Plan{CPU: -1}
	for _, key := range []string{"seed", "gomaxprocs"} {
		if _, ok := settings.Get(key); !ok {
			return p, fmt.Errorf("the case does not say %s", key)
		}
	}
	for _, s := range settings {
		if err := p.set(s.Key, s.Value); err != nil {
			return p, fmt.Errorf("the setting %s=%s of the case makes no sense", s.Key, s.Value)
		}
	}
	if p.Procs < 1 || p.CPU < -1 {
		return p, fmt.Errorf("the case asks for %d processors, and to run on number %d", p.Procs, p.CPU)
	}
	return p, nil
}

// set reads one setting.
func (p *Plan) set(key, value string) (err error) {
	switch key {
	case "seed":
		p.Seed, err = strconv.ParseUint(value, 0, 64)
	case "gomaxprocs":
		p.Procs, err = strconv.Atoi(value)
	case "gogc":
		if p.GOGC = value; value != "off" {
			_, err = strconv.Atoi(value)
		}
	case "cpu":
		p.CPU, err = strconv.Atoi(value)
	case "pauses":
		p.Pauses, err = parsePauses(value)
	case "shuffle":
		p.Shuffle, err = strconv.ParseUint(value, 10, 64)
	case "late":
		p.Late = value == "on"
	}
	return err
}

// parsePauses reads "1ms+300µs,4ms+2ms".
func parsePauses(text string) ([]Pause, error) {
	var all []Pause
	for one := range strings.SplitSeq(text, ",") {
		after, length, _ := strings.Cut(one, "+")
		a, err := time.ParseDuration(after)
		if err != nil {
			return nil, err
		}
		f, err := time.ParseDuration(length)
		if err != nil {
			return nil, err
		}
		all = append(all, Pause{After: a, For: f})
	}
	return all, nil
}
