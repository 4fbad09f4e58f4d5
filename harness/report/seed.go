package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// A Seed fixes the decisions of a run. It has one written form everywhere, 0x5eed17, which is accepted everywhere, as is a decimal
// number. 0 means that there is no seed.
type Seed uint64

// String returns the token: "0x" and hexadecimal digits.
func (s Seed) String() string { return fmt.Sprintf("%#x", uint64(s)) }

// ParseSeed reads a seed: "0x" and hexadecimal digits, or a decimal number, below 2^64.
func ParseSeed(text string) (Seed, error) {
	digits, base := text, 10
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, fmt.Errorf("seed %q: want a token such as 0x5eed17, or a decimal number below 2^64", text)
	}
	return Seed(n), nil
}

// MarshalText returns the token.
func (s Seed) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is [ParseSeed]; with it a Seed works with flag.TextVar.
func (s *Seed) UnmarshalText(text []byte) error { return s.Set(string(text)) }

// UnmarshalJSON reads the token in quotes, or a number.
func (s *Seed) UnmarshalJSON(data []byte) error {
	text := string(data)
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	return s.Set(text)
}

// Set is [ParseSeed]. With String and Type it makes a *Seed a value for the flags of pflag and cobra.
func (s *Seed) Set(text string) (err error) {
	*s, err = ParseSeed(text)
	return err
}

// Type names the type in the help of a command.
func (s *Seed) Type() string { return "seed" }
