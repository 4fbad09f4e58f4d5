package explain

// An Execution is one controlled execution of a test, as an engine has recorded it: what every goroutine did, in which order, and how it ended.
type Execution struct {
	Test      string         `json:"test"`
	Failure   string         `json:"failure,omitempty"`  // deadlock, leak, panic, assertion, race, livelock, or "" for none
	Message   string         `json:"message,omitempty"`  // the first line of what went wrong
	Evidence  string         `json:"evidence,omitempty"` // why, if the test judges what happened itself: then the failure has the name that it gave it
	Output    string         `json:"output,omitempty"`   // what the test, the runtime or the race detector printed
	Threads   []Thread       `json:"threads"`
	Objects   []Object       `json:"objects,omitempty"`
	Steps     []Step         `json:"steps"`
	Waiting   []Waiting      `json:"waiting,omitempty"` // at the end, if goroutines were left
	Uncontrol []Uncontrolled `json:"uncontrolled,omitempty"`
}

// A Thread is a goroutine.
type Thread struct {
	ID     int    `json:"id"`     // dense, in order of creation; 0 runs the test
	Parent int    `json:"parent"` // -1 for the first
	Key    string `json:"key"`    // hexadecimal; the same in every execution that starts it on the same path
	Func   string `json:"func"`   // the function that it was started with
	Site   Site   `json:"site"`   // of the go statement
}

// An Object is what operations are about.
type Object struct {
	ID   int    `json:"id"`
	Type string `json:"type"`           // sync.Mutex, chan, sync.WaitGroup, atomic...
	Name string `json:"name,omitempty"` // where known
}

// A Site is a place in a source file.
type Site struct {
	Func string `json:"func,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// A Step is one visible operation.
type Step struct {
	Thread  int    `json:"thread"`
	Kind    string `json:"kind"`              // Lock, Send, Receive, ... as in package sched
	Object  int    `json:"object"`            // -1 for none
	Site    Site   `json:"site"`              // in the code of the user, not of the standard library
	Stack   []Site `json:"stack,omitempty"`   // innermost first; only where it matters
	Forced  bool   `json:"forced,omitempty"`  // the schedule switched away from the goroutine before this one although it could have gone on
	Blocked bool   `json:"blocked,omitempty"` // the goroutine has to wait here
	Note    string `json:"note,omitempty"`
	Pick    *Pick  `json:"pick,omitempty"` // where several cases of a select were ready
}

// A Pick is which of several cases of a select was done. Cases are counted in the order of the source, but sends before receives.
type Pick struct {
	Option int    `json:"option"`           // among those that were ready, from 0
	Of     int    `json:"of"`               // how many were
	Kind   string `json:"kind,omitempty"`   // Send or Receive, "" if none was ready: then it is the first of those that wait at the same channel
	Object int    `json:"object"`           // the channel, -1 if unknown
	Forced bool   `json:"forced,omitempty"` // by default another one is done
}

// A Waiting is a goroutine that has not ended when the execution has.
type Waiting struct {
	Thread int    `json:"thread"`
	Reason string `json:"reason"` // chan receive, sync.Mutex.Lock, ...
	Object int    `json:"object"` // -1 if unknown
	Holder int    `json:"holder"` // the goroutine that holds the object, -1 if there is none or it is unknown
	Stack  []Site `json:"stack"`  // innermost first, standard library included
}

// An Uncontrolled is something that no schedule decides: a socket, a file, a process, a call of C.
type Uncontrolled struct {
	What string `json:"what"`
	Site Site   `json:"site"`
}
