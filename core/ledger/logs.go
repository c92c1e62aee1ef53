package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Log is what the steps of one task printed about one image.
type Log struct {
	Image string
	Task  string    // cut short where it is very long
	Path  string    // absolute
	Last  time.Time // when something was last added
}

// Logs returns the logs of a run, the one that was added to last at the end. A
// run whose logs were pruned has none. The error is [ErrUnknownRun] when there
// is none of that id.
func (l *Ledger) Logs(id string) ([]Log, error) {
	if err := l.mustExist(id); err != nil {
		return nil, err
	}
	dir := filepath.Join(l.runDir(id), "logs")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the logs of run %s: %w", id, err)
	}
	var logs []Log
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("listing the logs of run %s: %w", id, err)
		}
		image, task := logNames(e.Name())
		logs = append(logs, Log{Image: image, Task: task, Path: filepath.Join(dir, e.Name()), Last: info.ModTime()})
	}
	slices.SortStableFunc(logs, func(a, b Log) int { return a.Last.Compare(b.Last) })
	return logs, nil
}

// logNames takes apart what [Run.LogPath] puts together. Of a long name the end
// is gone, be it in the middle of an escaped character.
func logNames(file string) (image, task string) {
	image, task, _ = strings.Cut(strings.TrimSuffix(file, ".log"), ",")
	task, _, _ = strings.Cut(task, ",")
	return unescaped(image), unescaped(task)
}

func unescaped(text string) string {
	for cut := range 3 {
		if plain, err := url.PathUnescape(text[:max(0, len(text)-cut)]); err == nil {
			return strings.ToValidUTF8(plain, "")
		}
	}
	return text
}
