package channels

// A squareServer answers requests one after the other.
type squareServer struct {
	requests chan squareRequest
}

type squareRequest struct {
	n     int
	reply chan<- int
}

func newSquareServer() *squareServer {
	s := &squareServer{requests: make(chan squareRequest)}
	go func() {
		for r := range s.requests {
			r.reply <- r.n * r.n
		}
	}()
	return s
}

func (s *squareServer) close() { close(s.requests) }

// A squareClient is used by many goroutines.
type squareClient struct {
	server  *squareServer
	replies chan int
}

func newSquareClient(s *squareServer) *squareClient {
	return &squareClient{server: s, replies: make(chan int, 1)}
}

func (c *squareClient) square(n int) int {
	c.server.requests <- squareRequest{n, c.replies}
	return <-c.replies
}

// A fixedSquareClient has a channel for each request.
type fixedSquareClient struct {
	server *squareServer
}

func (c *fixedSquareClient) square(n int) int {
	reply := make(chan int, 1)
	c.server.requests <- squareRequest{n, reply}
	return <-reply
}
