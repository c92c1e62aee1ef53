package playbook

import (
	"path/filepath"

	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/core/vars"
)

// anImport is what an import of tasks or of a role may say, what it imports
// apart.
type anImport struct {
	Name document.Node `yaml:"name"`
}

// tasksImport is what stands below import_tasks.
type tasksImport struct {
	File document.Node `yaml:"file,required"`
}

// roleImport is what stands below import_role.
type roleImport struct {
	Name      document.Node `yaml:"name,required"`
	TasksFrom document.Node `yaml:"tasks_from"`
}

// playbookImport is what an import of a playbook may say.
type playbookImport struct {
	Playbook document.Node `yaml:"import_playbook"`
	Name     document.Node `yaml:"name"`
	Tags     words         `yaml:"tags"`
	When     conditions    `yaml:"when"`
	Vars     variables     `yaml:"vars"`
}

// imported returns the place inside of an import.
func (r *reader) imported(n document.Node, at place) place {
	var own anImport
	var every anyKeywords
	var task taskKeywords
	r.fields(n, anImportKind, statements(), &own, &every, &task)
	source := own.Name.Text()
	if source == "" {
		source = "import"
	}
	return r.around(at, source, every, task)
}

// importTasks reads the tasks of a file, which is looked for beside the file
// that names it.
func (r *reader) importTasks(n document.Node, act document.Entry, at place) []*Task {
	inner := r.imported(n, at)
	w := tasksImport{File: act.Value}
	if r.pairs(act) {
		return nil
	}
	if act.Value.Kind() == document.Mapping {
		w.File = document.Node{}
		r.fields(act.Value, anArgumentKind, nil, &w)
	}
	if w.File.Kind() == document.Absent || !r.static(w.File, "the file of an import") {
		return nil
	}
	path := beside(w.File)
	if !r.enter(path, w.File.Pos()) {
		return nil
	}
	defer r.leave()
	root, ok := r.document(path, w.File, "the file of an import")
	if !ok {
		return nil
	}
	if inner.keywords.Role == "" {
		inner.keywords.Dir = filepath.Dir(path)
	}
	return r.tasks(root, inner)
}

// importRole reads the tasks of a role.
func (r *reader) importRole(n document.Node, act document.Entry, at place) []*Task {
	inner := r.imported(n, at)
	w := roleImport{Name: act.Value}
	if r.pairs(act) {
		return nil
	}
	if act.Value.Kind() == document.Mapping {
		w.Name = document.Node{}
		r.fields(act.Value, anArgumentKind, nil, &w)
	}
	if w.Name.Kind() == document.Absent {
		return nil
	}
	from := "main"
	if !w.TasksFrom.IsZero() {
		if !r.static(w.TasksFrom, "the file of a role") {
			return nil
		}
		from = w.TasksFrom.Text()
	}
	return r.role(w.Name, inner, from)
}

// pairs refuses what an import is told as "name=value".
func (r *reader) pairs(act document.Entry) bool {
	return act.Value.Kind() == document.Scalar && entriesOf(act.Value.Text()) != nil && r.freeForm(act.Key.Text(), act.Value)
}

// importPlaybook reads the plays of another playbook. Its variables win over
// those of the plays; its conditions and tags are those of every task.
func (r *reader) importPlaybook(n document.Node, at place) []*Play {
	var w playbookImport
	r.fields(n, aPlaybookImportKind, nil, &w)
	if !r.static(w.Playbook, "the file of an import") {
		return nil
	}
	path := beside(w.Playbook)
	if !r.enter(path, w.Playbook.Pos()) {
		return nil
	}
	defer r.leave()
	root, ok := r.document(path, w.Playbook, "the playbook")
	if !ok {
		return nil
	}
	if root.IsZero() {
		r.add(emptyPlaybook(w.Playbook.Pos(), path+" is empty"))
		return nil
	}
	at.keywords = at.keywords.with(anyKeywords{Tags: w.Tags}).withTask(taskKeywords{When: w.When})
	at.keywords.Vars = append(Keywords{}.withVars(vars.Play, w.Vars.Node, path).Vars, at.keywords.Vars...)
	at.keywords.Dir = filepath.Dir(path)
	return r.plays(root, at)
}

// beside is a file that is named in another one: relative to its folder.
func beside(named document.Node) string {
	if filepath.IsAbs(named.Text()) {
		return filepath.Clean(named.Text())
	}
	return filepath.Join(filepath.Dir(named.Pos().File), named.Text())
}
