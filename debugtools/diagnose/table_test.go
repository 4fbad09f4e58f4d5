package diagnose_test

import (
	"slices"
	"strings"

	"github.com/concurrency-god-mode/godmode/debugtools/finding"
)

// A verdict is what must be said of a program with a mistake.
type verdict struct {
	kind  string
	title string // a part of it
	proof bool   // PROVED in every form; otherwise LIKELY
	all   bool   // everybody sleeps in the end, which the runtime proves in the form panic
	owned string // what is proved where the program has recorded owners, if that is more
}

// fits reports whether a finding is the verdict.
func (v verdict) fits(form string, f finding.Finding) bool {
	if form == "owners" && v.owned != "" {
		return f.Certainty == finding.Proved && f.Kind == v.owned
	}
	certain := f.Certainty == finding.Proved || f.Certainty == finding.Likely && !v.proof
	return certain && slices.Contains(strings.Split(v.kind, "|"), f.Kind) && strings.Contains(f.Title, v.title)
}

// wrong is the table: the programs of testdata/scenarios with a mistake, and what is said of them in every form. Those that are not here are healthy.
var wrong = map[string]verdict{
	"lock-self":             {kind: "self-lock", owned: "self-lock", title: "locks c.mu, which it holds already", all: true},
	"lock-self-beside-work": {kind: "self-lock", owned: "self-lock", title: "locks c.mu, which it holds already"},
	"lock-self-embedded":    {kind: "self-lock", owned: "self-lock", title: "locks n", all: true},
	"lock-self-callback":    {kind: "self-lock", owned: "self-lock", title: "locks b.mu", all: true},
	"lock-self-generic":     {kind: "self-lock", owned: "self-lock", title: "locks t.mu", all: true},
	"lock-abba":             {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks"},
	"lock-abba-all":         {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks", all: true},
	"lock-abba-classes":     {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks"},
	"lock-abba-globals":     {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks"},
	"lock-philosophers":     {kind: "lock-cycle", owned: "lock-cycle", title: "5 goroutines wait in a cycle of locks"},
	"lock-missing-unlock":   {kind: "missing-unlock", owned: "owner-gone", title: "3 goroutines wait for s.mu, which nobody in this dump holds: login returns with it locked"},
	"lock-convoy-channel":   {kind: "holder-blocked", title: "11 goroutines wait for d.mu, held by"},

	"rw-upgrade":             {kind: "rwmutex-upgrade", owned: "rwmutex-upgrade", title: "locks c.mu for writing while it holds it for reading", all: true},
	"rw-upgrade-callback":    {kind: "rwmutex-upgrade", owned: "rwmutex-upgrade", title: "locks c.mu for writing while it holds it for reading"},
	"rw-recursive-read":      {kind: "recursive-read-lock", owned: "recursive-read-lock", title: "read-locks c.mu again while the writer"},
	"rw-recursive-read-many": {kind: "recursive-read-lock", owned: "recursive-read-lock", title: "read-locks c.mu again while the writer"},
	"rw-abba":                {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks"},
	"lock-held-in-read":      {kind: "holder-in-io", title: "7 goroutines wait for j.mu, held by"},
	"lock-held-in-sleep":     {kind: "holder-asleep", title: "5 goroutines wait for b.mu, held by"},

	"chan-nil-receive":            {kind: "nil-channel", title: "forever to receive from the nil channel f.updates", proof: true},
	"chan-nil-send":               {kind: "nil-channel", title: "forever to send to the nil channel f.updates", proof: true},
	"chan-nil-range":              {kind: "nil-channel", title: "forever to receive from the nil channel events", proof: true, all: true},
	"chan-send-to-self":           {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"chan-both-send":              {kind: "no-peer", title: "to send to a.fromB, and nobody will receive", all: true},
	"chan-results-not-read":       {kind: "wait-cycle", title: "chan send", all: true},
	"chan-range-not-closed":       {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"chan-results-behind-wait":    {kind: "wait-cycle", title: "sync.WaitGroup.Wait", all: true},
	"chan-select-empty":           {kind: "empty-select", title: "which is in a select without cases", all: true},
	"chan-select-own-peer":        {kind: "wait-cycle", title: "select", all: true},
	"chan-early-return":           {kind: "early-return", title: "3 goroutines wait to send to answer, which only firstAnswer knew"},
	"chan-early-return-error":     {kind: "early-return", title: "5 goroutines wait to send to errs"},
	"chan-lost-receiver":          {kind: "early-return", title: "3 goroutines wait to receive from word"},
	"chan-semaphore-not-released": {kind: "all-blocked|all-asleep", title: "deadlock", all: true},

	"wg-missing-done":            {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"wg-add-too-many":            {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"wg-wait-inside":             {kind: "wait-inside", title: "to which they owe a Done themselves", all: true},
	"wg-copied":                  {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"once-recursive":             {kind: "once-recursive", owned: "once-recursive", title: "within the function that this Once runs", all: true},
	"once-recursive-beside-work": {kind: "once-recursive", owned: "once-recursive", title: "within the function that this Once runs"},
	"once-cycle":                 {kind: "once-cycle", owned: "once-cycle", title: "2 goroutines are each in a sync.Once"},
	"cond-no-signal":             {kind: "all-blocked|all-asleep", title: "deadlock", all: true},
	"group-nested-limit":         {kind: "no-peer", title: "to send to g.slots, and nobody will receive", all: true},
	"wg-lock-behind":             {kind: "wait-cycle", title: "sync.WaitGroup.Wait", all: true},

	"leak-ticker":            {kind: "ticker-not-stopped", title: "12 goroutines run a ticker for ever"},
	"leak-context":           {kind: "context-not-cancelled", title: "12 goroutines wait for a context to be cancelled"},
	"leak-send-creator-gone": {kind: "abandoned-senders", title: "20 goroutines wait to send to reply"},
	"leak-spawn":             {kind: "unbounded-spawn", title: "260 goroutines started by one loop"},
	"leak-generator":         {kind: "abandoned-senders", title: "4 goroutines wait to send to c"},
	"leak-first-of-many":     {kind: "early-return", title: "5 goroutines wait to send to answers"},

	"http-body-not-closed":  {kind: "body-not-closed", title: "8 responses of net/http have open bodies"},
	"sql-rows-not-closed":   {kind: "pool-exhausted", title: "3 goroutines wait for a connection of database/sql"},
	"sql-outside-of-tx":     {kind: "pool-exhausted", title: "3 goroutines wait for a connection of database/sql"},
	"http-handler-deadlock": {kind: "self-lock", owned: "self-lock", title: "locks c.mu, which it holds already"},
	"hub-broadcast":         {kind: "wait-cycle", title: "sync.Mutex.Lock"},
	"pool-exhausted":        {kind: "wait-cycle", title: "chan receive"},

	"mixed-lock-channel":     {kind: "wait-cycle", title: "chan receive"},
	"mixed-lock-channel-all": {kind: "wait-cycle", title: "chan receive", all: true},
	"mixed-lock-wg":          {kind: "wait-cycle", title: "sync.WaitGroup.Wait"},
	"mixed-lock-cond":        {kind: "wait-cycle", title: "sync.Cond.Wait"},
	"mixed-handler-callback": {kind: "lock-cycle", owned: "lock-cycle", title: "2 goroutines wait in a cycle of locks", all: true},

	"local-read-behind-wait": {kind: "wait-cycle", title: "4 goroutines wait for each other: chan send, sync.WaitGroup.Wait"},
	"local-done-missing":     {kind: "no-peer", title: "1 goroutine waits to return from wg.Wait, and nobody will call Done"},
	"local-never-closed":     {kind: "no-peer", title: "1 goroutine waits to receive from words, and nobody will send or close"},
	"local-buffer-too-small": {kind: "wait-cycle", title: "3 goroutines wait for each other: chan send, sync.WaitGroup.Wait"},
	"local-two-workers":      {kind: "no-peer", title: "2 goroutines wait to receive from jobs, and nobody will send or close"},
	"local-done-on-good-way": {kind: "no-peer", title: "1 goroutine waits to return from wg.Wait, and nobody will call Done"},
	"local-select-lost":      {kind: "no-peer", title: "1 goroutine is in a select at local.go:"},
	"local-one-error-read":   {kind: "no-peer", title: "2 goroutines wait to send to errs, and nobody will receive"},
	"local-said-once":        {kind: "no-peer", title: "1 goroutine waits to receive from ready, and nobody will send or close"},
	"local-first-of-three":   {kind: "early-return", title: "2 goroutines wait to send to answers, which only the function at local.go:"},
	"local-passed-on":        {kind: "wait-cycle", title: "4 goroutines wait for each other: chan send, sync.WaitGroup.Wait"},
	"local-pool-forgotten":   {kind: "early-return", title: "3 goroutines wait to receive from jobs, which only the function at local.go:"},
}
