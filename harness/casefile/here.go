package casefile

import (
	"runtime"
	"runtime/debug"
	"time"
)

// Here returns the circumstances of the running program, and the given time. The commit is known if go build recorded it; "+dirty" marks
// local changes.
func Here(now time.Time) Found {
	return Found{
		Time: now.UTC().Truncate(time.Second), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Race: raceEnabled,
		CPUs: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0), Commit: commit(debug.ReadBuildInfo()),
	}
}

// commit returns the revision in a build's settings.
func commit(info *debug.BuildInfo, ok bool) (revision string) {
	if !ok {
		return ""
	}
	suffix := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			suffix = "+dirty"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + suffix
}
