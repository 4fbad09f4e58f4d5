// Package subtests holds helpers of tests that get subtests, parallel ones and cleanups wrong.
package subtests
