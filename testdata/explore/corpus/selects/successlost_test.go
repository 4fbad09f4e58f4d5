package selects

import "testing"

// explore:want assertion
// The artifact and the end of the context are both ready, and the select takes the end.
func TestSuccessLostBug(t *testing.T) { buildOnce(t, (*build).result) }

func TestSuccessLostFixed(t *testing.T) { buildOnce(t, (*build).resultFixed) }

func buildOnce(t *testing.T, result func(*build) (string, error)) {
	if a, err := result(startBuild()); err != nil || a != "app.tar" {
		t.Errorf("result %q, %v", a, err)
	}
}
