package playbook_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/playbook"
)

// show writes a playbook as text: what was understood of it, and nothing that
// is as it is by default.
func show(b *playbook.Playbook) string {
	s := &shower{}
	for _, p := range b.Plays {
		s.play(p)
	}
	return s.String()
}

type shower struct{ strings.Builder }

func (s *shower) line(depth int, words ...string) {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	fmt.Fprintf(s, "%s%s\n", strings.Repeat("  ", depth), strings.Join(kept, " "))
}

func (s *shower) play(p *playbook.Play) {
	percent := any(nil)
	if p.MaxFailPercentage != nil {
		percent = *p.MaxFailPercentage
	}
	s.line(0, "play", quoted(p.Name), "for", p.Images.Text(),
		word("schedule", p.Schedule.Text()), word("allow_empty", p.AllowEmpty), word("tags", p.Tags), layers(p.Vars),
		word("order", p.Order), word("forks", p.Forks), word("throttle", p.Throttle), word("serial", p.Serial), word("max_fail_percentage", percent),
		word("any_errors_fatal", p.AnyErrorsFatal), word("force_handlers", p.ForceHandlers))
	s.tasks(1, "pre_tasks", p.PreTasks)
	s.tasks(1, "tasks", p.Tasks)
	s.tasks(1, "post_tasks", p.PostTasks)
	s.tasks(1, "handlers", p.Handlers)
}

func (s *shower) tasks(depth int, what string, tasks []*playbook.Task) {
	if len(tasks) > 0 {
		s.line(depth, what+":")
	}
	for _, t := range tasks {
		s.task(depth+1, t)
	}
}

func (s *shower) task(depth int, t *playbook.Task) {
	kind := t.Action
	if t.Meta != "" {
		kind = "meta " + string(t.Meta)
	}
	if t.Block != nil {
		kind = "block"
	}
	s.line(depth, quoted(t.Title()), kind, value(t.Args), keywords(t.Keywords), word("defines", t.Defines))
	if t.Block != nil {
		s.tasks(depth+1, "block", t.Block.Tasks)
		s.tasks(depth+1, "rescue", t.Block.Rescue)
		s.tasks(depth+1, "always", t.Block.Always)
	}
}

func keywords(k playbook.Keywords) string {
	all := []string{
		word("tags", k.Tags), nodes("when", k.When), layers(k.Vars), nodes("environment", k.Environment), node("ignore_errors", k.IgnoreErrors),
		word("on", k.On.Text()), word("no_log", k.NoLog), word("run_once", k.RunOnce), flag("check_mode", k.CheckMode), flag("diff", k.Diff), flag("any_errors_fatal", k.AnyErrors),
		word("throttle", k.Throttle), node("timeout", k.Timeout), word("notify", k.Notify), word("register", k.Register),
		loop(k.Loop), retry(k.Retry), nodes("changed_when", k.ChangedWhen), nodes("failed_when", k.FailedWhen), word("listen", k.Listen),
	}
	return strings.Join(strings.Fields(strings.Join(all, " ")), " ")
}

func loop(l *playbook.Loop) string {
	if l == nil {
		return ""
	}
	return strings.Join([]string{
		"loop(" + value(l.Over), word("var", l.Var), word("index", l.IndexVar), node("label", l.Label), node("pause", l.Pause),
		word("extended", l.Extended), nodes("break_when", l.BreakWhen), word("parallel", l.Parallel), ")",
	}, " ")
}

func retry(r *playbook.Retry) string {
	if r == nil {
		return ""
	}
	return strings.Join([]string{"retry(", nodes("until", r.Until), node("retries", r.Retries), node("delay", r.Delay), word("backoff", r.Backoff), ")"}, " ")
}

func layers(ls []playbook.VarsLayer) string {
	var out []string
	for _, l := range ls {
		out = append(out, fmt.Sprintf("vars(%s of %s: %s)", l.Level, l.Source, value(l.Values)))
	}
	return strings.Join(out, " ")
}

func word(name string, v any) string {
	switch text := fmt.Sprint(v); text {
	case "", "0", "false", "[]", "map[]", "<nil>":
		return ""
	case "true":
		return name
	default:
		return name + "=" + strings.NewReplacer("map[", "", "[", "", "]", "", " ", ",").Replace(text)
	}
}

func flag(name string, v *bool) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s=%v", name, *v)
}

func node(name string, n document.Node) string {
	if n.IsZero() {
		return ""
	}
	return name + "=" + value(n)
}

func nodes(name string, ns []document.Node) string {
	var out []string
	for _, n := range ns {
		out = append(out, value(n))
	}
	if out == nil {
		return ""
	}
	return name + "=" + strings.Join(out, "&")
}

func value(n document.Node) string {
	if n.IsZero() {
		return ""
	}
	if n.Kind() == document.Scalar {
		return n.Text()
	}
	data, _ := json.Marshal(n.Value())
	return strings.NewReplacer(`"`, "", "\\", "").Replace(string(data))
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }
