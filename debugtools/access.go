package debugtools

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwarded are headers that a proxy sets. A proxy on this machine asks from the loopback address for people who are anywhere.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}

// Loopback returns nil for a request that a program on this machine has made for itself, and an error that says why not for any other:
//
//   - the other end is not a loopback address, and not a Unix socket;
//   - a proxy on this machine passes it on (it has a header such as X-Forwarded-For);
//   - it asks for a host that is not this machine by a name or address of its own: a page in a browser here may have a name of its own lead to 127.0.0.1;
//   - a browser says that a page of another site asks.
//
// A proxy that sets no header is not noticed: do not put one in front of it.
func Loopback(r *http.Request) error {
	for _, name := range forwarded {
		if r.Header.Get(name) != "" {
			return fmt.Errorf("a proxy passes this request on (header %s)", name)
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return fmt.Errorf("a page of another site asks")
	}
	if r.RemoteAddr == "" || r.RemoteAddr == "@" || strings.HasPrefix(r.RemoteAddr, "/") {
		return nil // a Unix socket: who may open it is decided by the file
	}
	if !loopback(r.RemoteAddr) {
		return fmt.Errorf("it comes from %s, which is not this machine", r.RemoteAddr)
	}
	if !loopback(r.Host) {
		return fmt.Errorf("it asks for the host %q, which is not a name of this machine's own", r.Host)
	}
	return nil
}

// loopback reports whether an address or host, with or without a port, is this machine's own.
func loopback(address string) bool {
	host := address
	if h, _, err := net.SplitHostPort(address); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}
