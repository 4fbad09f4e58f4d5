package soak

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a soak's directory.
const (
	journalFile = "journal.jsonl"
	crashFile   = "last-words.txt"
)

// TextName and JSONName are the names of the reports in the state directory.
const (
	TextName = "report.txt"
	JSONName = "report.json"
)

// replay folds a journal, and returns the state and the length of what is whole: a last line without its end, or which cannot be read, was
// torn when the process died, and counts as never written.
func replay(data []byte) (*state, int, error) {
	s, size := &state{}, 0
	for n := 1; ; n++ {
		end := bytes.IndexByte(data[size:], '\n')
		if end < 0 {
			return s, size, nil
		}
		line := data[size : size+end]
		last := size+end+1 == len(data)
		r, err := parseRecord(line)
		switch {
		case n == 1:
			err = foreign(line, r, err)
		case err != nil && last:
			return s, size, nil
		}
		if err == nil {
			err = s.fold(r)
		}
		if err != nil {
			return nil, 0, atLine(n, err)
		}
		size += end + 1
	}
}

// foreign says why a first line is not that of a journal that this harness can follow, or returns nil.
func foreign(line []byte, r *record, err error) error {
	var peek struct {
		Rec  string `json:"rec"`
		Soak struct {
			Version int `json:"version"`
		} `json:"soak"`
	}
	if json.Unmarshal(line, &peek) != nil || peek.Rec != recSoak {
		return errors.New("not the first line of a journal")
	}
	if v := peek.Soak.Version; v != journalVersion {
		return &Error{ErrVersion, fmt.Sprintf("version %d, this harness writes version %d", v, journalVersion),
			"resume it with the harness that began it, or use another state directory"}
	}
	return err
}

// atLine names the line of an error.
func atLine(n int, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{ErrCorrupt, fmt.Sprintf("line %d: %v", n, err), "keep the file for a look at it, and begin a new soak in another state directory"}
}

// A journal is the open file.
type journal struct {
	file *os.File
}

// readJournal returns the state of a directory's journal; one that does not exist, or of which not even the first line was written, is a
// state without identity.
func readJournal(dir string) (*state, int, error) {
	path := filepath.Join(dir, journalFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &state{}, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	s, size, err := replay(data)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Text = path + ": " + e.Text
	}
	return s, size, err
}

// openJournal opens the file for writing behind its first size bytes, and cuts the rest.
func openJournal(dir string, size int) (*journal, error) {
	f, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	_, err = f.Seek(int64(size), 0)
	if err = errors.Join(err, f.Truncate(int64(size)), f.Sync(), syncDir(dir)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &journal{f}, nil
}

// write writes a line and waits until it is on the disk.
func (j *journal) write(line []byte) error {
	if _, err := j.file.Write(line); err != nil {
		return err
	}
	return j.file.Sync()
}
