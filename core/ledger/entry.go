package ledger

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/slipway-build/slipway/sdk/diag"
)

// An Entry is one line of a journal: a time and exactly one thing that
// happened then.
type Entry struct {
	Time         time.Time  `json:"time"` // UTC; set by [Run.Record] when zero
	Begun        *Info      `json:"begun,omitempty"`
	Planned      *Planned   `json:"planned,omitempty"`
	Resumed      *Process   `json:"resumed,omitempty"`
	Ended        *End       `json:"ended,omitempty"`
	Undertaken   *Step      `json:"undertaken,omitempty"` // what cannot be looked up afterwards is about to be done
	StepFinished *Step      `json:"stepFinished,omitempty"`
	ItemFinished *Step      `json:"itemFinished,omitempty"`
	FactsRead    *Step      `json:"factsRead,omitempty"` // what its templates were told of its image
	Pushed       *Push      `json:"pushed,omitempty"`
	Verdict      *Verdict   `json:"verdict,omitempty"`
	Promotion    *Promotion `json:"promotion,omitempty"`
	Hold         *Hold      `json:"hold,omitempty"`
}

// errNotOne is a mistake of the caller.
var errNotOne = errors.New("a journal entry needs exactly one thing that happened")

// things counts what happened. In a journal that was read it may be nothing: an
// entry of a kind that this version does not know.
func (e Entry) things() int {
	n := 0
	for _, set := range []bool{
		e.Begun != nil, e.Planned != nil, e.Resumed != nil, e.Ended != nil,
		e.Undertaken != nil, e.StepFinished != nil, e.ItemFinished != nil, e.FactsRead != nil,
		e.Pushed != nil, e.Verdict != nil, e.Promotion != nil, e.Hold != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// An Info says what a run was asked to do, and by whom.
type Info struct {
	Playbooks []string `json:"playbooks,omitempty"`
	Inventory []string `json:"inventory,omitempty"`
	Args      []string `json:"args,omitempty"` // the command line, without secrets
	User      string   `json:"user,omitempty"`
	Host      string   `json:"host,omitempty"`
	Version   string   `json:"version,omitempty"` // of slipway
	Process   Process  `json:"process"`           // set by [Ledger.Begin] when zero
	// Request is all that it takes to begin the run again, in the words of who
	// began it.
	Request json.RawMessage `json:"request,omitempty"`
}

// Planned says that everything was read and checked, and what the run goes by
// from there on.
type Planned struct {
	Images []string            `json:"images,omitempty"` // of the inventory
	Groups map[string][]string `json:"groups,omitempty"` // computed groups, as far as they were known
}

// An End says how a run ended.
type End struct {
	Code int `json:"code"` // the exit code
}

// A Step is one task on one image, or on one item of its loop, when it is
// undertaken (without a result) or when it is finished.
type Step struct {
	Play   string          `json:"play"`
	Task   string          `json:"task"`
	Image  string          `json:"image"`
	Item   string          `json:"item,omitempty"` // labels of the items of the loops around
	At     Place           `json:"at"`
	Pos    diag.Pos        `json:"pos,omitzero"` // of the task, of a step that is undertaken
	Result json.RawMessage `json:"result,omitempty"`
}

// A Place tells a step from every other one of its run.
type Place struct {
	Play int    `json:"play"`           // counts from zero through the run
	Task int    `json:"task"`           // index of the play's tasks
	Path string `json:"path,omitempty"` // indexes of the items of looped blocks around: "0/2"
	Item int    `json:"item,omitempty"` // index of the item, of an item
}

// A Push is a finished push.
type Push struct {
	Image      string `json:"image"`
	Repository string `json:"repository"`
	Tag        string `json:"tag,omitempty"`
	Digest     string `json:"digest"`
}

// A Verdict is what a smoke run concluded about a digest, in short. The whole
// of it is the evidence in the registry.
type Verdict struct {
	Image      string   `json:"image"`
	Repository string   `json:"repository"`
	Digest     string   `json:"digest"`
	Platform   string   `json:"platform,omitempty"` // which image of an index
	State      string   `json:"state"`
	Planned    int      `json:"planned"`
	Passed     int      `json:"passed"`
	Reasons    []string `json:"reasons,omitempty"`
}

// A Hold is a hold set or lifted on a tag.
type Hold struct {
	Image      string    `json:"image"`
	Repository string    `json:"repository"`
	Tag        string    `json:"tag"`
	Digest     string    `json:"digest"`
	Reason     string    `json:"reason,omitempty"`
	Actor      string    `json:"actor,omitempty"`
	Until      time.Time `json:"until,omitzero"` // zero: until it is lifted
	Lifted     bool      `json:"lifted,omitempty"`
}
