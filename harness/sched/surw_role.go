package sched

import "slices"

// favoured is how much more the threads of a favoured role count for.
const favoured = 64

// favour has some kinds of threads come to the object early and others late.
//
// Where 99 threads write and one reads, a uniform order has the reader first in one of a hundred executions, though there are only two kinds of work. So
// threads that seem to do the same are one role, and the weights of about half of the roles are multiplied. This is no part of the paper, and only
// half of the executions are drawn so: what the uniform ones find takes at most twice as long.
func (s *surw) favour() {
	s.factor = slices.Grow(s.factor[:0], len(s.whole))[:len(s.whole)]
	salt := s.random.next()
	for i := range s.whole {
		s.factor[i] = 1
		if s.roles && s.profile.role(i, salt)&1 == 0 {
			s.factor[i] = favoured
			s.whole[i] = min(s.whole[i], 1<<12) * favoured
		}
	}
}

// role is a number that the threads with one parent and as many operations have in common.
func (p *profile) role(thread int, salt uint64) uint64 {
	k := &p.known[thread]
	return mix(mix(salt^uint64(k.parent+1)) ^ uint64(k.ops.count()))
}

// spend takes one access from what a thread still has to do.
func (s *surw) spend(thread int32) {
	n := int64(1)
	if i := int(s.profile.index(thread)); i < len(s.factor) {
		n = int64(s.factor[i])
	}
	s.left[thread] -= n
}
