//go:build !race

package classics

const raced = false
