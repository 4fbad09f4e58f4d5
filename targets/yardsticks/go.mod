module github.com/concurrency-god-mode/godmode/targets/yardsticks

go 1.26.0

require (
	github.com/concurrency-god-mode/godmode v0.0.0
	github.com/puzpuzpuz/xsync/v4 v4.5.0
)

require (
	github.com/petermattis/goid v0.0.0-20250813065127-a731cc31b4fe // indirect
	github.com/sasha-s/go-deadlock v0.3.9 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	pgregory.net/rapid v1.3.0 // indirect
)

replace github.com/concurrency-god-mode/godmode => ../..
