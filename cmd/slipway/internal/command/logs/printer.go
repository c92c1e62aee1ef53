package logs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/slipway-build/slipway/core/ledger"
)

// A printer prints logs, and of one that it is given again only what is new.
type printer struct {
	out      io.Writer
	headings bool             // tell the logs apart
	last     string           // the log that was printed last
	seen     map[string]int64 // bytes, by path
}

func (p *printer) print(logs []ledger.Log) error {
	for _, log := range logs {
		if err := p.more(log); err != nil {
			return fmt.Errorf("reading what %s printed about %s: %w", log.Task, log.Image, err)
		}
	}
	return nil
}

// more prints what was added to a log. One that was pruned meanwhile is over.
func (p *printer) more(log ledger.Log) error {
	file, err := os.Open(log.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() <= p.seen[log.Path] {
		return err
	}
	if _, err := file.Seek(p.seen[log.Path], io.SeekStart); err != nil {
		return err
	}
	if p.headings && p.last != log.Path {
		fmt.Fprintf(p.out, "==> %s <==\n", log.Task)
	}
	n, err := io.Copy(p.out, file)
	if p.seen == nil {
		p.seen = map[string]int64{}
	}
	p.seen[log.Path] += n
	p.last = log.Path
	return err
}
