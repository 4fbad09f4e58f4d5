package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

func echo(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_, _ = io.Copy(c, c)
		}()
	}
}

// line is a connection whose writers take turns.
type line struct {
	mu sync.Mutex
	c  net.Conn
	r  *bufio.Reader
}

func (l *line) ask(s string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.c, s+"\n")
	answer, _ := l.r.ReadString('\n')
	return answer
}

var healthyServices = map[string]scenario{
	"ok-http-idle": {run: func(*stage) {
		base := site(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
		c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if r, err := c.Get(base); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
					r.Body.Close()
				}
			})
		}
		wg.Wait()
	}},
	"ok-http-slow-handlers": {run: func(*stage) {
		base := site(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })
		for range 6 {
			go http.Get(base)
		}
	}},
	"ok-http-streaming": {run: func(*stage) {
		base := site(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		for range 4 {
			go func() {
				r, err := http.Get(base)
				if err == nil {
					defer r.Body.Close()
					_, _ = io.Copy(io.Discard, r.Body)
				}
			}()
		}
	}},
	"ok-accept": {run: func(*stage) {
		l, _ := net.Listen("tcp", "127.0.0.1:0")
		go echo(l)
		for range 5 {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				panic(err)
			}
			go func() { b := make([]byte, 1); _, _ = c.Read(b) }()
		}
	}},
	"ok-sql-idle": {run: func(*stage) {
		db := database(4)
		_, _ = db.Exec("x")
	}},
	"ok-sql-load": {load: true, run: func(s *stage) {
		db := database(2)
		forever(6, func() { _, _ = db.Exec("x"); s.ops.Add(1) })
	}},
	"ok-http-load": {load: true, run: func(s *stage) {
		base := site(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok"); s.ops.Add(1) })
		forever(4, func() {
			if r, err := http.Get(base); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
		})
	}},
	"ok-line-load": {load: true, run: func(s *stage) {
		l, _ := net.Listen("tcp", "127.0.0.1:0")
		go echo(l)
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			panic(err)
		}
		ln := &line{c: c, r: bufio.NewReader(c)}
		forever(3, func() { ln.ask("x"); s.ops.Add(1) })
	}},
	"ok-net-pipe": {run: func(*stage) {
		a, b := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, a) }()
		go func() { time.Sleep(time.Hour); _, _ = b.Write([]byte("x")) }()
	}},
	"ok-io-pipe": {run: func(*stage) {
		r, w := io.Pipe()
		go func() { _, _ = io.Copy(io.Discard, r) }()
		go func() { time.Sleep(time.Hour); _, _ = w.Write([]byte("x")) }()
	}},
}
