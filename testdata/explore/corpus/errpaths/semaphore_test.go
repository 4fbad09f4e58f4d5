package errpaths

import (
	"errors"
	"sync"
	"testing"
)

// explore:want deadlock
// An upload fails before the uploader is online and keeps its room: the next one waits for ever.
func TestSemaphoreBug(t *testing.T) { uploadTwice(t, (*uploader).upload) }

func TestSemaphoreFixed(t *testing.T) { uploadTwice(t, (*uploader).uploadFixed) }

func uploadTwice(t *testing.T, upload func(*uploader) error) {
	u := newUploader()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := upload(u); err != nil && !errors.Is(err, errOffline) {
				t.Error(err)
			}
		})
	}
	u.online.Store(true)
	wg.Wait()
}
