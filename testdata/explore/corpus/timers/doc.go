// Package timers holds programs whose timers fire when nobody expects them, or never.
package timers
