package checkthenact

import (
	"sync"
	"testing"
)

// explore:want assertion
// The price is read from the database, changed and forgotten by the cache, and the old one is put there after that.
func TestStaleFillBug(t *testing.T) { changePrice(t, (*priceCache).get) }

func TestStaleFillFixed(t *testing.T) { changePrice(t, (*priceCache).getFixed) }

func changePrice(t *testing.T, get func(*priceCache, string) int64) {
	c := newPriceCache(new(database))
	c.set("tea", 3)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { get(c, "tea") })
	}
	c.set("tea", 4)
	wg.Wait()
	if price := get(c, "tea"); price != 4 {
		t.Errorf("price %d, want 4", price)
	}
}
