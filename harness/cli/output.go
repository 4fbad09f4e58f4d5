package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/concurrency-god-mode/godmode/harness/report"
)

// tickEvery is how often the live line may move.
const tickEvery = 100 * time.Millisecond

// An output is the one stream of events of a run, and everything that renders it.
type output struct {
	*report.Multi
	app   *app
	tally *report.Tally
	began time.Time
	file  *os.File // of --json-file
	stop  func()

	notProved []string
}

// open starts the renderers that the flags ask for.
func (a *app) open() (*output, error) {
	out := &output{app: a, tally: &report.Tally{}, began: a.Now()}
	sinks := []report.Sink{}
	if live := a.live(); live != nil {
		sinks = append(sinks, live)
	}
	sinks = append(sinks, a.renderer())
	if a.options.jsonFile != "" {
		f, err := os.Create(a.options.jsonFile)
		if err != nil {
			return nil, usage("--json-file names a file that can be written", "%w", err)
		}
		out.file = f
		sinks = append(sinks, report.NewJSON(f))
	}
	if a.options.junitFile != "" {
		sinks = append(sinks, report.NewJUnit(a.options.junitFile))
	}
	out.Multi = report.NewMulti(a.Now, append(sinks, out.tally)...)
	out.stop = out.ticking()
	return out, nil
}

// renderer is what writes the result.
func (a *app) renderer() report.Sink {
	if a.options.json {
		return report.NewJSON(a.Stdout)
	}
	return report.NewText(a.Stdout, report.TextOptions{
		Colour: a.options.colour.Colour(report.IsTerminal(a.Stdout), a.getenv), Verbose: a.options.verbose,
	})
}

// live is what shows that the run is alive, or nil. Where standard error is no terminal it prints a line every 30 seconds.
func (a *app) live() report.Sink {
	if a.options.progress == report.Never {
		return nil
	}
	terminal := a.options.progress.Progress(report.IsTerminal(a.Stderr), a.getenv)
	return report.NewLive(a.Stderr, report.Width(a.Stderr, 80), terminal, a.Now)
}

// ticking moves the live line until the function it returns is called.
func (o *output) ticking() func() {
	t := time.NewTicker(tickEvery)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-t.C:
				o.Tick()
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { t.Stop(); close(done); <-ended })
}

// asTallied asks finish for the exit code of the gravest verdict.
const asTallied report.ExitCode = -1

// finish ends the run: it emits the end event, closes the renderers, and notes the exit code.
func (o *output) finish(override report.ExitCode) error {
	o.stop()
	e := o.tally.Summary()
	e.Elapsed, e.NotProved = o.app.Now().Sub(o.began), o.notProved
	if o.app.signal != nil {
		override = interrupted(o.app.signal)
	}
	if override != asTallied {
		e.Exit = &override
	}
	o.Emit(e)
	o.app.exit = *e.Exit
	err := o.Close()
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
	}
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		return cannot("", fmt.Errorf("writing the report: %w", err))
	}
	return nil
}
