package plugintest

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/slipway-build/slipway/sdk/pluginhost"
	"github.com/slipway-build/slipway/sdk/strategy"
)

// readsWhatItSays holds a plan that names the files it was read out of to its
// promise: it does not change when all others do.
func readsWhatItSays(ctx context.Context, t *trial) error {
	return t.with(ctx, func(p *pluginhost.Process) error {
		r, err := t.request(t.GoodConfig)
		if err != nil {
			return err
		}
		ask := func() (strategy.PlanResponse, error) {
			return p.Plan(ctx, strategy.PlanRequest{
				Config: json.RawMessage(t.GoodConfig), Target: t.target(), Workspace: r.Dirs.Workspace, Args: t.Args,
			})
		}
		before, err := ask()
		if err != nil || len(before.Reads) == 0 {
			return skip("the strategy does not say what it plans out of, and is asked each time")
		}
		if err := scribble(r.Dirs.Workspace, before.Reads); err != nil {
			return err
		}
		after, err := ask()
		if err == nil && !reflect.DeepEqual(before, after) {
			err = fmt.Errorf("files that it did not name as read were changed, and the plan was %+v and is %+v", before, after)
		}
		return err
	})
}

// scribble adds a byte to every file but those that were read.
func scribble(workspace string, read []strategy.Input) error {
	return fs.WalkDir(os.DirFS(workspace), ".", func(path string, entry fs.DirEntry, err error) error {
		named := slices.ContainsFunc(read, func(in strategy.Input) bool { return in.Path == path })
		if err != nil || named || !entry.Type().IsRegular() {
			return err
		}
		f, err := os.OpenFile(filepath.Join(workspace, filepath.FromSlash(path)), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("\n")
		if closed := f.Close(); err == nil {
			err = closed
		}
		return err
	})
}
