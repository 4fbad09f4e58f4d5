package oncepool

// A request is used again when its response is sent. The list of free ones is a channel.
type request struct {
	user   string
	tenant string
}

type requestPool struct {
	free chan *request
}

func newRequestPool() *requestPool { return &requestPool{make(chan *request, 1)} }

func (p *requestPool) get() *request {
	select {
	case r := <-p.free:
		return r
	default:
		return new(request)
	}
}

func (p *requestPool) put(r *request) {
	select {
	case p.free <- r:
	default:
	}
}

// putFixed forgets whose request it was.
func (p *requestPool) putFixed(r *request) {
	*r = request{}
	p.put(r)
}

// parse sets the fields that the request has. It may have no tenant.
func (r *request) parse(user, tenant string) {
	r.user = user
	if tenant != "" {
		r.tenant = tenant
	}
}
