package subtests

import "testing"

// eachCase runs a parallel subtest for each case.
func eachCase(t *testing.T, cases []string, check func(*testing.T, string)) {
	var c string
	for _, c = range cases {
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			check(t, c)
		})
	}
}

// eachCaseFixed has a variable for each case.
func eachCaseFixed(t *testing.T, cases []string, check func(*testing.T, string)) {
	for _, c := range cases {
		t.Run(c, func(t *testing.T) {
			t.Parallel()
			check(t, c)
		})
	}
}
