package sim

import (
	"fmt"
	"reflect"
	"testing"
)

type entry struct {
	term int
	data []byte
}

type nested struct {
	entries []entry
	index   map[string][]int
	any     any
	pair    [2][]int
}

func TestCloneSharesNothing(t *testing.T) {
	make := func() nested {
		return nested{[]entry{{1, []byte("x")}}, map[string][]int{"a": {1}}, []int{7}, [2][]int{{1}, {2}}}
	}
	original := make()
	c := clone(original).(nested)
	if !reflect.DeepEqual(c, make()) {
		t.Fatalf("the copy is %+v", c)
	}
	original.entries[0].term, original.entries[0].data[0] = 9, 'y'
	original.index["a"][0] = 9
	original.any.([]int)[0] = 9
	original.pair[1][0] = 9
	if !reflect.DeepEqual(c, make()) {
		t.Errorf("the copy changed with the original: %+v", c)
	}
	if c := clone(nested{}); !reflect.DeepEqual(c, nested{}) {
		t.Errorf("the copy of nothing is %+v", c)
	}
}

func TestNoReferencesOnTheWire(t *testing.T) {
	n := 0
	for _, v := range []any{&n, struct{ p *int }{&n}, func() {}, []any{make(chan int)}, map[string]*int{}, nested{any: &n}, t} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T can be sent", v)
				}
			}()
			clone(v)
		}()
	}
	for _, v := range []any{nil, 1, "s", [3]int{}, struct{ a, b string }{"a", "b"}, fmt.Sprint} {
		if reflect.ValueOf(v).Kind() != reflect.Func {
			if c := clone(v); c != v {
				t.Errorf("the copy of %v is %v", v, c)
			}
		}
	}
}

func TestMessageIsCopiedWhenSent(t *testing.T) {
	w := world(t, 1)
	p := w.Port("p")
	var kept []int
	w.Machine("m", func(*Machine) Handler {
		return handler{receive: func(_ string, msg any) {
			list := msg.([]int)
			if list[0] != 1 {
				t.Errorf("arrived as %v", list)
			}
			list[0] = 99 // a receiver owns what it gets
			kept = list
		}}
	})
	w.Filter(func(p *Packet) { p.Copies = 3 })
	client(t, w, func() {
		list := []int{1}
		p.Send("m", list)
		list[0] = 2
		p.Sleep(1e9)
	})
	if kept == nil {
		t.Error("nothing arrived")
	}
}
