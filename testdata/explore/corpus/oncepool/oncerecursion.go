package oncepool

import "sync"

// An app has a configuration and a logger, each made when it is first needed.
type app struct {
	configOnce, loggerOnce sync.Once
	path, prefix           string
}

// config logs where it was found.
func (a *app) config() string {
	a.configOnce.Do(func() {
		a.path = "/etc/app"
		_ = a.logger() + "found"
	})
	return a.path
}

// logger has the configuration in its prefix.
func (a *app) logger() string {
	a.loggerOnce.Do(func() { a.prefix = a.config() + ": " })
	return a.prefix
}

// A fixedApp makes its logger without a configuration.
type fixedApp struct{ app }

func (a *fixedApp) config() string {
	a.configOnce.Do(func() {
		a.path = "/etc/app"
		_ = a.logger() + "found"
	})
	return a.path
}

func (a *fixedApp) logger() string {
	a.loggerOnce.Do(func() { a.prefix = "app: " })
	return a.prefix
}
