package live

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// dwarfLayout reads the layout from debugging information. Types that the program does not have leave their fields unknown: see fill.
// It takes time linear in the length of the information, most of which is only unpacked.
func dwarfLayout(f *elf.File) (layout, error) {
	l := unknown()
	d, info, err := debugInfo(f)
	if d == nil || err != nil {
		return l, err
	}
	types, err := findTypes(d, info)
	if err != nil {
		return l, err
	}
	for f, p := range places {
		for _, name := range p.types {
			t := types[name]
			if t == nil || l[f] >= 0 {
				continue
			}
			l[f] = -1
			for _, path := range strings.Split(p.path, "|") {
				l[f] = max(l[f], offset(t, path))
			}
		}
	}
	return l, l.check()
}

// wantedTypes returns the names of all types that places names.
func wantedTypes() []string {
	var names []string
	for _, p := range places {
		names = append(names, p.types...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// debugInfo reads what of the debugging information describes types. Of a large program that is a small part, and the rest takes long to unpack.
func debugInfo(f *elf.File) (d *dwarf.Data, info []byte, err error) {
	section := func(name string) []byte {
		s := f.Section(".debug_" + name)
		if s == nil || err != nil {
			return nil
		}
		var b []byte
		b, err = s.Data()
		return b
	}
	info = section("info")
	if info == nil {
		return nil, nil, err
	}
	d, derr := dwarf.New(section("abbrev"), nil, nil, info, nil, nil, nil, section("str"))
	for _, name := range []string{"addr", "line_str", "str_offsets"} {
		if b := section(name); b != nil && derr == nil {
			derr = d.AddSection(".debug_"+name, b)
		}
	}
	return d, info, errors.Join(err, derr)
}

// units returns where the first entry of each compilation unit is: behind a header of 11 bytes, or 12 since DWARF 5.
func units(info []byte) []dwarf.Offset {
	var all []dwarf.Offset
	for at := uint64(0); at+12 < uint64(len(info)); {
		head := uint64(11)
		if info[at+4] >= 5 {
			head = 12
		}
		all = append(all, dwarf.Offset(at+head))
		at += 4 + uint64(binary.LittleEndian.Uint32(info[at:]))
	}
	return all
}

// findTypes reads the structures that places names. The linker puts the types of a program into a unit of package runtime.
func findTypes(d *dwarf.Data, info []byte) (map[string]*dwarf.StructType, error) {
	found, wanted := map[string]*dwarf.StructType{}, wantedTypes()
	r := d.Reader()
	for _, at := range units(info) {
		r.Seek(at)
		e, err := r.Next()
		if err != nil {
			return found, err
		}
		if name, _ := e.Val(dwarf.AttrName).(string); name != "runtime" {
			continue
		}
		if err := typesOf(d, r, wanted, found); err != nil || found["runtime.g"] != nil {
			return found, err
		}
	}
	return found, nil
}

// typesOf reads the structures in a unit.
func typesOf(d *dwarf.Data, r *dwarf.Reader, wanted []string, found map[string]*dwarf.StructType) error {
	for {
		e, err := r.Next()
		if e == nil || err != nil || e.Tag == 0 {
			return err
		}
		if name, _ := e.Val(dwarf.AttrName).(string); e.Tag == dwarf.TagStructType && slices.Contains(wanted, name) {
			t, err := d.Type(e.Offset)
			if err != nil {
				return err
			}
			found[name], _ = t.(*dwarf.StructType)
		}
		if e.Children {
			r.SkipChildren()
		}
	}
}

// offset returns the offset of a field within a type by its path ("sched.sp"), the size of the type for "", and -1 if there is none.
func offset(t *dwarf.StructType, path string) int32 {
	if path == "" {
		return int32(min(t.ByteSize, largest+1))
	}
	name, rest, deeper := strings.Cut(path, ".")
	for _, f := range t.Field {
		if f.Name != name {
			continue
		}
		if !deeper {
			return int32(min(f.ByteOffset, largest+1))
		}
		typ := f.Type
		if td, ok := typ.(*dwarf.TypedefType); ok {
			typ = td.Type
		}
		in, ok := typ.(*dwarf.StructType)
		if !ok {
			return -1
		}
		if inner := offset(in, rest); inner >= 0 {
			return int32(f.ByteOffset) + inner
		}
	}
	return -1
}

// fill takes from a table what the debugging information does not have, because the program does not use it: it can be met only in types of the standard
// library that are compiled in, so a program that has it and does not say so has been built without changes to it.
func (l *layout) fill(from layout) {
	for f := optional; f < fieldCount; f++ {
		if l[f] < 0 {
			l[f] = from[f]
		}
	}
}
