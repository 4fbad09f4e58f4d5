package debugtools

import (
	"net/http/httptest"
	"testing"
)

// TestLoopback holds who may ask and who may not.
func TestLoopback(t *testing.T) {
	for _, c := range []struct {
		name, remote, host string
		header, value      string
		ok                 bool
	}{
		{"this machine", "127.0.0.1:4242", "localhost:6060", "", "", true},
		{"this machine by address", "127.0.0.1:4242", "127.0.0.1:6060", "", "", true},
		{"IPv6", "[::1]:4242", "[::1]:6060", "", "", true},
		{"IPv6 without a port", "[::1]:4242", "[::1]", "", "", true},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:4242", "localhost", "", "", true},
		{"another address of the loopback net", "127.9.9.9:4242", "127.9.9.9", "", "", true},
		{"a Unix socket", "@", "unix", "", "", true},
		{"a neighbour", "10.0.0.7:4242", "localhost:6060", "", "", false},
		{"a neighbour with IPv6", "[fe80::1%eth0]:4242", "localhost", "", "", false},
		{"a proxy here", "127.0.0.1:4242", "localhost", "X-Forwarded-For", "10.0.0.7", false},
		{"a proxy here, the standard way", "127.0.0.1:4242", "localhost", "Forwarded", "for=10.0.0.7", false},
		{"a name that leads here", "127.0.0.1:4242", "evil.example:6060", "", "", false},
		{"a name that begins like ours", "127.0.0.1:4242", "localhost.evil.example", "", "", false},
		{"no host", "127.0.0.1:4242", "", "", "", false},
		{"a page of another site", "127.0.0.1:4242", "localhost", "Sec-Fetch-Site", "cross-site", false},
		{"typed into the browser", "127.0.0.1:4242", "localhost", "Sec-Fetch-Site", "none", true},
		{"nonsense", "somewhere", "localhost", "", "", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = c.remote, c.host
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		if err := Loopback(r); (err == nil) != c.ok {
			t.Errorf("%s: got %v, want allowed: %v", c.name, err, c.ok)
		}
	}
}
