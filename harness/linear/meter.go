package linear

// meter holds the limits of a check and counts what all its searches use.
type meter struct {
	Limits
	visited int
	bytes   int64
	turns   int
}

// turn reports whether it is time to look at the limits.
func (m *meter) turn() bool {
	m.turns++
	return m.turns&1023 == 1 || m.overConfigs()
}

func (m *meter) overConfigs() bool { return m.Configs > 0 && m.visited > m.Configs }

// reached returns why the check must end, or "".
func (m *meter) reached() string {
	switch {
	case m.overConfigs():
		return "too many configurations"
	case m.Bytes > 0 && m.bytes > m.Bytes:
		return "too much memory"
	case m.Stop != nil && m.Stop():
		return "stopped"
	}
	return ""
}

// crowd is the number of configurations of a search below which forgetting is not worth the look.
func (m *meter) crowd() int {
	if m.few > 0 {
		return m.few
	}
	return 1 << 14
}
