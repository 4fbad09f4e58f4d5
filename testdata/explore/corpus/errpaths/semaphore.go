package errpaths

import (
	"errors"
	"sync/atomic"
)

var errOffline = errors.New("offline")

// An uploader has room for one upload at a time.
type uploader struct {
	room   chan struct{}
	online atomic.Bool
}

func newUploader() *uploader { return &uploader{room: make(chan struct{}, 1)} }

func (u *uploader) upload() error {
	u.room <- struct{}{}
	if !u.online.Load() {
		return errOffline
	}
	<-u.room
	return nil
}

// uploadFixed makes room whatever happened.
func (u *uploader) uploadFixed() error {
	u.room <- struct{}{}
	defer func() { <-u.room }()
	if !u.online.Load() {
		return errOffline
	}
	return nil
}
