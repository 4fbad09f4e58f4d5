package live

import (
	"debug/dwarf"
	"slices"
	"strings"
)

// dwarfLayout reads the layout from debugging information. Types that the program does not have leave their fields unknown: see fill.
// It takes time linear in the information up to the types of package runtime.
func dwarfLayout(d *dwarf.Data) (layout, error) {
	l := unknown()
	types, err := findTypes(d)
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

// findTypes reads the structures that places names. The linker puts all types of a program into a unit of package runtime,
// so what follows those is not read.
func findTypes(d *dwarf.Data) (map[string]*dwarf.StructType, error) {
	found, wanted := map[string]*dwarf.StructType{}, wantedTypes()
	inRuntime := false
	r := d.Reader()
	for {
		e, err := r.Next()
		if e == nil || err != nil {
			return found, err
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		switch {
		case e.Tag == dwarf.TagCompileUnit:
			if inRuntime && name != "runtime" && found["runtime.g"] != nil {
				return found, nil
			}
			inRuntime = name == "runtime"
			continue
		case e.Tag == dwarf.TagStructType && slices.Contains(wanted, name):
			if t, err := d.Type(e.Offset); err == nil {
				found[name], _ = t.(*dwarf.StructType)
			}
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
