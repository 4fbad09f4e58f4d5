package finding

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// An address is written as text: many readers of JSON keep 53 bits of a number.
type address uint64

// MarshalText returns the address as 0x and hexadecimal digits.
func (a address) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%#x", uint64(a)), nil }

// UnmarshalText reads what MarshalText writes.
func (a *address) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 0, 64)
	*a = address(n)
	return err
}

// plain is a Finding that is written as its fields are.
type plain Finding

// document is a Finding in JSON.
type document struct {
	plain
	Objects []address `json:"objects,omitempty"`
}

// MarshalJSON writes a finding with the addresses of its objects as text, such as "0xc000012340".
func (f Finding) MarshalJSON() ([]byte, error) {
	d := document{plain: plain(f)}
	for _, o := range f.Objects {
		d.Objects = append(d.Objects, address(o))
	}
	return json.Marshal(d)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Finding) UnmarshalJSON(text []byte) error {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	*f = Finding(d.plain)
	f.Objects = nil
	for _, o := range d.Objects {
		f.Objects = append(f.Objects, uint64(o))
	}
	return nil
}
