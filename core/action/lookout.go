package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"
)

// A lookout looks at one port or file again and again.
type lookout struct {
	args   waitForArgs
	path   string // absolute, when args name one
	search *regexp.Regexp
}

// what is what is looked at.
func (l lookout) what() string {
	if l.args.Path != "" {
		return l.args.Path
	}
	return net.JoinHostPort(l.args.Host, strconv.Itoa(l.args.Port))
}

// until looks until it is as wanted, and returns what the groups of the
// expression matched.
func (l lookout) until(ctx context.Context) ([]string, error) {
	limited, cancel := context.WithTimeout(ctx, l.args.Timeout)
	defer cancel()
	var last error
	for wait := l.args.Delay; ; wait = l.args.Sleep {
		if !rest(limited, wait) {
			break
		}
		groups, err := l.look(limited)
		if err == nil {
			return groups, nil
		}
		if timeout, ok := errors.AsType[net.Error](err); last == nil || !ok || !timeout.Timeout() {
			last = err // a look that was cut short says less than the one before
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case l.args.Msg != "":
		return nil, errors.New(l.args.Msg)
	case last == nil:
		last = errors.New("there was no time to look")
	}
	return nil, fmt.Errorf("waiting for %s to be %s: %s have passed: %w", l.what(), l.args.State, l.args.Timeout, last)
}

// rest waits, and reports whether there is time left.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// look looks once. The error says what is not as wanted.
func (l lookout) look(ctx context.Context) ([]string, error) {
	switch l.args.State {
	case "started", "present":
		if l.args.Path != "" {
			return l.fileThere()
		}
		return l.portOpen(ctx)
	case "drained":
		return nil, l.portDrained(ctx)
	default:
		if l.args.Path != "" {
			return nil, l.fileGone()
		}
		return nil, l.portClosed(ctx)
	}
}

func (l lookout) fileThere() ([]string, error) {
	if l.args.SearchRegex == "" {
		_, err := os.Stat(l.path)
		return nil, err
	}
	text, err := os.ReadFile(l.path)
	if err != nil {
		return nil, err
	}
	return l.match(text)
}

func (l lookout) fileGone() error {
	_, err := os.Lstat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	default:
		return errors.New("it is still there")
	}
}

// match looks for the expression.
func (l lookout) match(text []byte) ([]string, error) {
	found := l.search.FindSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("nothing in it matches %q", l.args.SearchRegex)
	}
	var groups []string
	for _, g := range found[1:] {
		groups = append(groups, string(g))
	}
	return groups, nil
}

func (l lookout) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: l.args.ConnectTimeout}
	return d.DialContext(ctx, "tcp", l.what())
}

// portOpen connects, and reads what is sent until the expression matches.
func (l lookout) portOpen(ctx context.Context) ([]string, error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if l.args.SearchRegex == "" {
		return nil, nil
	}
	if err := conn.SetReadDeadline(time.Now().Add(l.args.ConnectTimeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	return l.listen(conn)
}

// maxGreeting bounds what a port may send before it matches.
const maxGreeting = 1 << 20

func (l lookout) listen(conn io.Reader) ([]string, error) {
	var text []byte
	part := make([]byte, 4096)
	for len(text) < maxGreeting {
		n, err := conn.Read(part)
		text = append(text, part[:n]...)
		if groups, wrong := l.match(text); wrong == nil {
			return groups, nil
		}
		if err != nil {
			break
		}
	}
	return l.match(text)
}

// portClosed holds when connecting fails, for whatever reason but that the name
// is not known: that would be a mistyped host.
func (l lookout) portClosed(ctx context.Context) error {
	conn, err := l.dial(ctx)
	if err == nil {
		_ = conn.Close()
		return errors.New("it still takes connections")
	}
	if _, unknown := errors.AsType[*net.DNSError](err); unknown || over(ctx) {
		return err
	}
	return nil
}

// over reports whether ctx has ended or is just ending: a connection gives up
// at the deadline by a timer of its own, which may be the first.
func over(ctx context.Context) bool {
	deadline, limited := ctx.Deadline()
	return ctx.Err() != nil || limited && !time.Now().Before(deadline)
}

// portDrained holds when nobody is connected to the port.
func (l lookout) portDrained(ctx context.Context) error {
	hosts, err := net.DefaultResolver.LookupIP(ctx, "ip", l.args.Host)
	if err != nil {
		return err
	}
	busy := 0
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		table, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // IPv6 may be off
			return err
		}
		for _, c := range connections(table) {
			if c.port == l.args.Port && c.busy() && c.at(hosts) {
				busy++
			}
		}
	}
	if busy > 0 {
		return fmt.Errorf("%d connections are open", busy)
	}
	return nil
}
