// Package checkthenact holds programs that act on what was true a moment ago.
package checkthenact
