package heap

import (
	"fmt"
	"strings"
)

// nameShapes finds the shapes whose sampled objects came, nine in ten, from one site: other objects of such a shape are probably from
// there too.
func (d *Dump) nameShapes() {
	type pair struct{ shape, site uint32 }
	counts, total := map[pair]int{}, map[uint32]int{}
	for i, site := range d.samples {
		counts[pair{d.shape[i], site}]++
		total[d.shape[i]]++
	}
	d.likely = map[uint32]uint32{}
	for p, n := range counts {
		if p.shape != 0 && 10*n >= 9*total[p.shape] {
			d.likely[p.shape] = p.site
		}
	}
}

// String names the site by the innermost call outside of the runtime: "main.fill cache.go:12".
func (s *Site) String() string {
	c := s.caller()
	text := fmt.Sprintf("%s %s:%d", c.Func, base(c.File), c.Line)
	if len(s.Calls) > 0 && strings.HasPrefix(s.Calls[0].Func, "internal/runtime/maps.") {
		return "map memory of " + text
	}
	return text
}

// caller returns the innermost call outside of the runtime.
func (s *Site) caller() Call {
	for _, c := range s.Calls {
		if !inRuntime(c.Func) {
			return c
		}
	}
	if len(s.Calls) > 0 {
		return s.Calls[0]
	}
	return Call{Func: "(unknown)", File: "?"}
}

// inRuntime reports whether a function belongs to the machinery that allocates on behalf of others.
func inRuntime(fn string) bool {
	return strings.HasPrefix(fn, "runtime.") || strings.HasPrefix(fn, "internal/runtime/") || strings.HasPrefix(fn, "reflect.") ||
		strings.HasPrefix(fn, "internal/reflectlite.") || strings.HasPrefix(fn, "internal/abi.")
}

// Describe names an object for people: by the place that allocated it if that was sampled; "like" that place if nearly all sampled objects of
// equal size and equal pointers come from there; else by its size.
func (d *Dump) Describe(object int) string {
	i := uint32(object)
	size := Size(d.size(i))
	if site, ok := d.samples[i]; ok {
		return size + " of " + d.Sites[site].String()
	}
	return d.describeShape(d.shape[i])
}

// describeShape names objects of a shape.
func (d *Dump) describeShape(id uint32) string {
	s := d.shapes[id]
	size := Size(s.size)
	if site, ok := d.likely[id]; ok {
		return size + " like " + d.Sites[site].String()
	}
	switch s.pointers {
	case 0:
		return size + " without pointers"
	case 1:
		return size + " with 1 pointer"
	default:
		return fmt.Sprintf("%s with %d pointers", size, s.pointers)
	}
}

// Size writes a number of bytes for people, with three digits: "96 B", "48 KB", "1.25 GB", units of 1024.
func Size[T int64 | uint64](bytes T) string {
	v, sign := float64(bytes), ""
	if v < 0 {
		v, sign = -v, "-"
	}
	for _, unit := range []string{"B", "KB", "MB", "GB", "TB"} {
		if v < 999.5 || unit == "TB" {
			return sign + digits(v) + " " + unit
		}
		v /= 1024
	}
	return ""
}

// digits writes a number with three significant digits and no zeros behind the point.
func digits(v float64) string {
	prec := 0
	switch {
	case v < 9.995:
		prec = 2
	case v < 99.95:
		prec = 1
	}
	s := fmt.Sprintf("%.*f", prec, v)
	if prec > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// count writes a number of things: "1 goroutine", "12 000 objects".
func count(n uint64, thing string) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	if n != 1 {
		thing += "s"
	}
	return s + " " + thing
}
