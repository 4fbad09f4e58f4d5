//go:build !unix

package control

// lock locks nothing here: that an entry of the cache is in use is known by its time alone.
func lock(name string, alone bool) (release func(), ok bool) { return func() {}, true }
