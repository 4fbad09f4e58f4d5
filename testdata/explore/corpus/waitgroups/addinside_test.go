package waitgroups

import "testing"

// explore:want assertion
// explore:also race
// wait comes before a goroutine has counted itself, and returns without it. The race detector reports an Add that is not ordered with Wait.
func TestAddInsideBug(t *testing.T) { crawl(t, (*crawler).visit) }

func TestAddInsideFixed(t *testing.T) { crawl(t, (*crawler).visitFixed) }

func crawl(t *testing.T, visit func(*crawler, string)) {
	c := newCrawler()
	visit(c, "/")
	visit(c, "/about")
	if n := c.wait(); n != 2 {
		t.Errorf("%d pages fetched, want 2", n)
	}
}
