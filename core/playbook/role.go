package playbook

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A role is a folder with tasks, and what they need.
type role struct {
	name  string
	dir   string
	named document.Node // where it is asked for
}

// aRole is what an entry of roles may say.
type aRole struct {
	Role document.Node `yaml:"role"`
	Name document.Node `yaml:"name"` // another word for role
}

// roles reads the roles of a play. An entry is a block around its role.
func (r *reader) roles(n document.Node, at place) []*Task {
	var all []*Task
	entries := r.items(n, "roles")
	if !r.grow(n, len(entries)) {
		return nil
	}
	for _, e := range entries {
		if e.Kind() != document.Mapping {
			all = append(all, r.role(e, at, "main")...)
			continue
		}
		var own aRole
		var every anyKeywords
		var task taskKeywords
		r.fields(e, aRoleKind, nil, &own, &every, &task)
		if own.Role.IsZero() {
			own.Role = own.Name
		}
		if own.Role.IsZero() {
			r.add(diag.Errorf("missing-key", e.Pos(), "the entry does not say which role it is").WithFix("write role: and its name"))
			continue
		}
		all = append(all, r.role(own.Role, r.around(at, own.Role.Text(), every, task), "main")...)
	}
	return all
}

// around returns the place inside of a role entry or an import: both are as a
// block around what they bring in.
func (r *reader) around(at place, source string, every anyKeywords, task taskKeywords) place {
	k := at.keywords.with(every).withTask(task).withVars(vars.Block, every.Vars.Node, source)
	r.notify(task.Notify)
	return at.inside(k)
}

// role reads the tasks of a role that is named at a node.
func (r *reader) role(named document.Node, at place, tasksFrom string) []*Task {
	if !r.static(named, "the name of a role") {
		return nil
	}
	x, ok := r.findRole(named)
	if !ok {
		return nil
	}
	at.keywords.Role, at.keywords.Dir = filepath.Base(x.name), x.dir
	at.keywords.Vars = slices.Concat(at.keywords.Vars, r.defaultsOfRole(x))
	if !r.play.roles[x.dir] {
		r.play.roles[x.dir] = true
		r.warn(x)
		r.join(x, at)
	}
	return r.roleFile(x, "tasks", tasksFrom, at, tasksFrom != "main" || !x.has("handlers", "defaults", "features"))
}

// join has the handlers of a role join those of the play. Of the place where
// the role is named first they take the variables, not the conditions: what
// notifies them has asked already.
func (r *reader) join(x role, at place) {
	at.handlers, at.items, at.looped = true, nil, false
	at.keywords.When, at.keywords.Notify = nil, nil
	r.play.joined = append(r.play.joined, r.roleFile(x, "handlers", "main", at, false)...)
}

// findRole looks for the folder of a role.
func (r *reader) findRole(named document.Node) (role, bool) {
	name := named.Text()
	dirs := append([]string{filepath.Join(r.play.dir, "roles")}, r.options.RolesPath...)
	var known []string
	for _, dir := range dirs {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if isDir(path) {
			return role{name: name, dir: path, named: named}, true
		}
		known = append(known, siblings(path)...)
	}
	d := diag.Errorf("no-role", named.Pos(), "there is no role %q in %s", name, strings.Join(dirs, ", "))
	if hint := diag.Suggest(name, known); hint != "" {
		r.add(d.WithFix("%s", hint))
	} else {
		r.add(d.WithFix("write %s", filepath.Join(dirs[0], name, "tasks", "main.yml")))
	}
	return role{}, false
}

// roleFile reads a list of tasks out of a folder of a role.
func (r *reader) roleFile(x role, folder, name string, at place, required bool) []*Task {
	path, ok := r.fileOf(x, folder, name)
	if !ok {
		if required {
			err := &os.PathError{Path: path, Err: os.ErrNotExist}
			r.add(missing(path, x.named, "the tasks of the role", err))
		}
		return nil
	}
	if !r.enter(path, x.named.Pos()) {
		return nil
	}
	defer r.leave()
	n, ok := r.document(path, x.named, "the "+folder+" of the role")
	if !ok {
		return nil
	}
	return r.tasks(n, at)
}

// defaultsOfRole are the variables of a role that any other definition wins
// over. Those of a role around it are less specific.
func (r *reader) defaultsOfRole(x role) []VarsLayer {
	path, ok := r.fileOf(x, "defaults", "main")
	if !ok {
		return nil
	}
	n, ok := r.document(path, x.named, "the defaults of the role")
	if !ok {
		return nil
	}
	var v variables
	r.add(v.DecodeNode(n)...)
	return Keywords{}.withVars(vars.RoleVars, n, x.name).Vars
}

// fileOf returns the file of a folder of a role that has a name, with or
// without its ending.
func (r *reader) fileOf(x role, folder, name string) (string, bool) {
	base := filepath.Join(x.dir, folder, filepath.FromSlash(name))
	for _, path := range []string{base + ".yml", base + ".yaml"} {
		if r.exists(path) {
			return path, true
		}
	}
	if filepath.Ext(name) != "" && r.exists(base) {
		return base, true
	}
	return base + ".yml", false
}

func (x role) has(folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return isDir(filepath.Join(x.dir, f)) })
}

// warn tells of files and folders that nobody reads.
func (r *reader) warn(x role) {
	folders := []string{"tasks", "handlers", "defaults", "features", "templates", "files"}
	for _, name := range siblings(filepath.Join(x.dir, "any")) {
		if slices.Contains(folders, name) || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "README") || strings.HasPrefix(name, "LICENSE") {
			continue
		}
		d := diag.Warningf("unknown-file", diag.Pos{File: filepath.Join(x.dir, name)}, "nobody reads this part of the role %s", x.name)
		switch name {
		case "vars":
			d = d.WithFix("write the variables into defaults/main.yml, or below vars: of the tasks")
		case "meta":
			d = d.WithFix("list the roles that it needs below roles: of the play")
		default:
			d = d.WithFix("the folders of a role are %s", list(folders))
		}
		r.add(d)
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
