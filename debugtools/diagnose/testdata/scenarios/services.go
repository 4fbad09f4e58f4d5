package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// memory is a database driver without a database.
type memory struct{}

func (memory) Open(string) (driver.Conn, error)           { return memory{}, nil }
func (memory) Prepare(string) (driver.Stmt, error)        { return memory{}, nil }
func (memory) Begin() (driver.Tx, error)                  { return memory{}, nil }
func (memory) Commit() error                              { return nil }
func (memory) Rollback() error                            { return nil }
func (memory) Close() error                               { return nil }
func (memory) NumInput() int                              { return 0 }
func (memory) Exec([]driver.Value) (driver.Result, error) { return driver.RowsAffected(1), nil }
func (memory) Query([]driver.Value) (driver.Rows, error)  { return memory{}, nil }
func (memory) Columns() []string                          { return []string{"n"} }
func (memory) Next(dest []driver.Value) error             { dest[0] = int64(1); return nil }

func database(limit int) *sql.DB {
	sql.Register("memory", memory{})
	db, err := sql.Open("memory", "")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(limit)
	return db
}

func count(db *sql.DB) int {
	rows, err := db.Query("select n")
	if err != nil {
		return 0
	}
	n := 0
	if rows.Next() {
		_ = rows.Scan(&n)
	}
	return n // the rows are not closed
}

func move(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if _, err := db.Exec("update"); err != nil { // outside of the transaction that has the connection
		return err
	}
	return tx.Commit()
}

func site(handler http.HandlerFunc) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, handler)
	return "http://" + l.Addr().String()
}

type client struct {
	http *http.Client
	base string
}

func (c *client) ping() bool {
	r, err := c.http.Get(c.base)
	if err != nil {
		return false
	}
	return r.StatusCode == http.StatusOK // the body is not closed
}

type hub struct {
	mu      sync.Mutex
	clients map[*peer]bool
}

type peer struct {
	hub  *hub
	send chan string
}

func (h *hub) broadcast(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.clients {
		p.send <- s
		p.send <- "bye"
	}
}

func (p *peer) pump() {
	for s := range p.send {
		if strings.HasPrefix(s, "leave") {
			p.hub.remove(p)
		}
	}
}

func (h *hub) remove(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, p)
}

var services = map[string]scenario{
	"http-body-not-closed": {run: func(*stage) {
		base := site(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 16<<10)) })
		c := &client{http: &http.Client{Transport: &http.Transport{}}, base: base}
		for range 8 {
			c.ping()
		}
	}},
	"sql-rows-not-closed": {run: func(*stage) {
		db := database(2)
		for range 5 {
			go count(db)
		}
	}},
	"sql-outside-of-tx": {run: func(*stage) {
		db := database(1)
		for range 3 {
			go move(db)
		}
	}},
	"http-handler-deadlock": {run: func(*stage) {
		var mu sync.Mutex
		state := &counter{name: "s", n: map[string]int{}}
		base := site(func(http.ResponseWriter, *http.Request) { mu.Lock(); defer mu.Unlock(); state.add("hit") })
		for range 6 {
			go http.Get(base)
		}
	}},
	"hub-broadcast": {run: func(*stage) {
		h := &hub{clients: map[*peer]bool{}}
		for range 3 {
			p := &peer{hub: h, send: make(chan string)}
			h.clients[p] = true
			go p.pump()
		}
		go h.broadcast("leave")
	}},
	"pool-exhausted": {run: func(*stage) {
		p := newBuffers(2)
		for range 6 {
			go p.use(context.Background())
		}
	}},
}

// buffers is a pool in a channel.
type buffers struct{ free chan []byte }

func newBuffers(n int) *buffers {
	p := &buffers{free: make(chan []byte, n)}
	for range n {
		p.free <- make([]byte, 10)
	}
	return p
}

// use takes two and gives them back; two users with one each wait for each other, and those behind them.
func (p *buffers) use(context.Context) {
	a := <-p.free
	b := <-p.free
	c := <-p.free
	p.free <- a
	p.free <- b
	p.free <- c
}
