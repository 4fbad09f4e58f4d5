package signature

import "testing"

func TestStd(t *testing.T) {
	for _, c := range []struct {
		function, file string
		std            bool
	}{
		{"sync.(*Mutex).Lock", "/go/src/sync/mutex.go", true},
		{"internal/sync.(*Mutex).Lock", "internal/sync/mutex.go", true},
		{"mailqueue/queue.(*Queue).Get", "/u/src/mailqueue/queue/queue.go", false},
		{"example.com/sync.(*Mutex).Lock", "/m/example.com/sync/mutex.go", false},
		{"main.main", "/tmp/x/_testmain.go", true},
		{"main.main", "/tmp/x/main.go", false},
	} {
		if got := Std(c.function, c.file); got != c.std {
			t.Errorf("%s in %s: %v", c.function, c.file, got)
		}
	}
}

func TestDeclaredAndTemplate(t *testing.T) {
	if got := Declared("a.b/c/queue.(*Queue).Get.func1.2"); got != "queue.(*Queue).Get" {
		t.Error(got)
	}
	if got := Template("got 3, want \"x\" at 0xc0001"); got != `got N, want "?" at ADDR` {
		t.Error(got)
	}
}
