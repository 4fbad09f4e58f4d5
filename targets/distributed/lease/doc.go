// Package lease is a lock service of three nodes that grants leases with fencing tokens, and a resource that checks them.
//
// # The idea
//
// A lock that is held by a client on another machine has a problem that a mutex does not: the client may die, and nobody can tell a dead client from
// a slow one. So the lock is not given but lent, for a term: a lease (Gray and Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for Distributed
// File Cache Consistency, SOSP 1989, section 2). When the term is over, the lock is free again, whatever became of the holder; and the holder, which
// knows the term, stops in time, even if it can reach nobody.
//
// The service must survive the loss of a node, so there are three, and a client holds the lock when a majority has granted it. Two majorities share a node, and a
// node grants one lease at a time: that is the whole of the argument for mutual exclusion, and what each bug in bugs.go breaks.
//
// # Why the clocks may differ
//
// No two machines agree on what time it is (Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978). A lease needs less:
// that clocks run at nearly the same rate. Let each be off by at most a share d. A node counts the term from when it grants. The client counts
// from when it asked, which was before, and only term·(1−d)/(1+d): if its clock is as slow and the node's as fast as can be, it still stops first. It must not
// count from the answer: the answer may have been on its way for long. And both must use the monotonic clock: the time of day is set by people and daemons.
//
// # Why a node remembers
//
// A node that crashes and forgets what it granted may grant again, while the first holder's term is running. So a grant is on disk before it is
// answered. What is not on disk is when it ends, because that clock is gone with the boot; a node that boots lets every lease it
// finds run a full term from then. That costs time, never safety.
//
// # Why that is not enough: fencing
//
// A client may check its lease, be stopped for a minute (garbage collection, a busy host), go on, and write, sure of a lease that has long been another's. No lock
// service can prevent it. The resource can: each acquisition has a token larger than all before it, every request carries it, and the resource
// refuses a token older than the newest it has seen (Kleppmann, Designing Data-Intensive Applications, 2017, chapter 8). A token must be larger
// than that of every earlier majority, so the client asks a majority first what they have seen, and adds one; a node grants no token twice. This is
// the first phase of Paxos (Lamport, The Part-Time Parliament, TOCS 16(2), 1998) with a lease in place of a value.
//
// With fencing, the number in this package's resource is right even when two clients believe that they hold the lock; the lease only keeps them
// from wasting their work. Where the resource cannot check a token, the lease is all there is, and it is as good as the promise about clocks and pauses.
//
// # What the bounds are
//
// The target promises one holder in true time if clocks drift by at most 2 %, whatever is lost, late, doubled, crashed or paused. It promises
// progress once a majority can talk to each other and to the clients.
//
// # What was wrong at first
//
// The bug reused-token was no invention. In the first version of this package a client took one more than a majority had seen, and so could claim a token
// again that it had claimed in vain; a node took that for a repetition, and a release of the first attempt, still under way, ended the second.
// Chaos showed it within its first two hundred runs: two clients that held the lock.
//
// # When not to use it
//
//   - In one process: use a mutex.
//   - If the resource has a compare-and-swap of its own: use that, with a version; no lock is needed.
//   - If work must be done once and cannot be fenced (sending a mail, paying): a lock makes doing it twice rare, not impossible. Make it idempotent.
//   - For many locks taken often: each acquisition costs two round trips to a majority and a disk write at each node of it. Lend one lease to a
//     leader for many seconds, and let it order the work.
package lease
