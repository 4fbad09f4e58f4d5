package heap

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// sure is how many standard errors a difference must have to be more than noise. A profile has hundreds of places, so that two, which one
// in twenty exceeds by chance, would cry wolf.
const sure = 3

// A SiteGrowth is one place in two profiles.
type SiteGrowth struct {
	Site  string
	Stack []Call
	// Before and After are bytes in use, Bytes and Objects how many more there are.
	Before, After, Bytes, Objects int64
	// Allocated is how many bytes were allocated in between. Kept is the share of it that is still in use, in [0, 1]: 1 is what only grows, 0 is
	// what comes and goes.
	Allocated int64
	Kept      float64
	// Error is the standard error of Bytes, and Noise is true if Bytes is less than three of it: then sampling alone explains the
	// difference. It counts both profiles as independent, which overestimates the error of a large part that has stayed.
	Error int64
	Noise bool
	// Share is the part that the place has in the growth of all places that grew, noise left out; in [0, 1].
	Share float64
}

// ErrOtherProcess is returned for profiles of which the second cannot be a later one of the same process.
var ErrOtherProcess = errors.New("the second profile has allocated less than the first: they are in the wrong order, or of two processes")

// ErrRates is returned for profiles with different sampling rates.
var ErrRates = errors.New("the profiles were sampled at different rates")

// DiffProfiles says which places keep more in a later profile of one process, the one that grew most first; those without any difference are
// left out. It returns ErrOtherProcess or ErrRates for profiles that cannot be compared.
func DiffProfiles(before, after *Profile) ([]SiteGrowth, error) {
	was, _ := before.Allocated()
	is, _ := after.Allocated()
	switch {
	case is < was:
		return nil, ErrOtherProcess
	case before.Rate != after.Rate:
		return nil, ErrRates
	}
	var list []SiteGrowth
	total := int64(0)
	for site := range union(before.Uses, after.Uses) {
		g := siteGrowth(site, before.Uses[site], after.Uses[site])
		if g.Bytes == 0 && g.Objects == 0 {
			continue
		}
		if !g.Noise {
			total += max(g.Bytes, 0)
		}
		list = append(list, g)
	}
	for i := range list {
		if !list[i].Noise && list[i].Bytes > 0 {
			list[i].Share = float64(list[i].Bytes) / float64(total)
		}
	}
	slices.SortFunc(list, func(a, b SiteGrowth) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Site, b.Site)) })
	return list, nil
}

// siteGrowth compares one place. Either may be nil.
func siteGrowth(site string, before, after *Use) SiteGrowth {
	if before == nil {
		before = &Use{}
	}
	g := SiteGrowth{Site: site, Stack: before.Stack}
	if after == nil {
		after = &Use{}
	} else {
		g.Stack = after.Stack
	}
	g.Before, g.After = before.InUse, after.InUse
	g.Bytes, g.Objects = after.InUse-before.InUse, after.InUseObjects-before.InUseObjects
	g.Allocated = max(after.Allocated-before.Allocated, 0)
	if g.Allocated > 0 {
		g.Kept = min(max(float64(g.Bytes)/float64(g.Allocated), 0), 1)
	}
	deviation := math.Sqrt(before.variance + after.variance)
	g.Error, g.Noise = int64(deviation), math.Abs(float64(g.Bytes)) < sure*deviation
	return g
}
