package timers

import "testing"

type beater interface {
	start()
	wait() int
}

// explore:want race
// explore:also panic
// The function of the timer reads the field that is assigned after the timer was started. If it is quicker it finds nil there.
func TestTimerFieldBug(t *testing.T) { beatThrice(t, newHeartbeat()) }

func TestTimerFieldFixed(t *testing.T) { beatThrice(t, &fixedHeartbeat{heartbeat: newHeartbeat()}) }

func beatThrice(t *testing.T, h beater) {
	h.start()
	if beats := h.wait(); beats != 3 {
		t.Errorf("%d beats, want 3", beats)
	}
}
