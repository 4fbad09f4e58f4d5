package sim

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// shapes caches, by type, whether values of it hold references and must be copied in depth.
var shapes sync.Map // of reflect.Type to bool

// clone returns a copy of a value that shares nothing with it, as if it had been written to a wire and read again. It panics if the value
// holds what no wire carries.
func clone(v any) any {
	if v == nil {
		return nil
	}
	t := reflect.TypeOf(v)
	if flat(t) {
		return v
	}
	c := reflect.New(t).Elem()
	c.Set(reflect.ValueOf(v))
	deepen(c)
	return c.Interface()
}

// flat reports whether values of a type share nothing when they are assigned.
func flat(t reflect.Type) bool {
	if f, ok := shapes.Load(t); ok {
		return f.(bool)
	}
	f := judge(t, t, map[reflect.Type]bool{})
	shapes.Store(t, f)
	return f
}

// judge walks a type. It panics at a part that cannot be a message.
func judge(t, whole reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		panic(fmt.Sprintf("sim: a %v cannot be sent or stored: it holds a %v, and only values can leave a machine", whole, t))
	case reflect.Interface:
		return false
	case reflect.Slice:
		judge(t.Elem(), whole, seen)
		return false
	case reflect.Map:
		judge(t.Key(), whole, seen)
		judge(t.Elem(), whole, seen)
		return false
	case reflect.Array:
		return judge(t.Elem(), whole, seen)
	case reflect.Struct:
		f := true
		for i := range t.NumField() {
			f = judge(t.Field(i).Type, whole, seen) && f
		}
		return f
	}
	return true
}

// deepen replaces all references inside an addressable value by copies of what they refer to.
func deepen(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			v.Set(reflect.ValueOf(clone(v.Elem().Interface())))
		}
	case reflect.Slice:
		deepenSlice(v)
	case reflect.Map:
		deepenMap(v)
	case reflect.Array:
		if !flat(v.Type().Elem()) {
			for i := range v.Len() {
				deepen(v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); !flat(f.Type()) {
				deepen(settable(f))
			}
		}
	}
}

func deepenSlice(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(c, v)
	v.Set(c)
	if flat(v.Type().Elem()) {
		return
	}
	for i := range v.Len() {
		deepen(v.Index(i))
	}
}

func deepenMap(v reflect.Value) {
	if v.IsNil() {
		return
	}
	c := reflect.MakeMapWithSize(v.Type(), v.Len())
	for it := v.MapRange(); it.Next(); {
		value := reflect.New(v.Type().Elem()).Elem()
		value.Set(it.Value())
		deepen(value)
		c.SetMapIndex(it.Key(), value)
	}
	v.Set(c)
}

// settable returns the field of an addressable struct so that it may be set even if its name is not exported.
func settable(f reflect.Value) reflect.Value {
	if f.CanSet() {
		return f
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}
