package oncepool

import (
	"sync"
	"testing"
)

// explore:want assertion
// The message that is too long gives its scratch back twice, and two others use it at the same time.
func TestDoublePutBug(t *testing.T) { encodeThree(t, (*codec).encode) }

func TestDoublePutFixed(t *testing.T) { encodeThree(t, (*codec).encodeFixed) }

func encodeThree(t *testing.T, encode func(*codec, string, func(*scratch)) error) {
	c := newCodec()
	<-c.free // somebody else uses the other one all the time
	use := func(s *scratch) {
		if n := s.users.Add(1); n != 1 {
			t.Errorf("%d use the same scratch", n)
		}
		s.users.Add(-1)
	}
	var wg sync.WaitGroup
	for _, message := range []string{"much too long", "short", "tiny"} {
		wg.Go(func() { encode(c, message, use) })
	}
	wg.Wait()
}
