package inventory

import (
	"github.com/slipway-build/slipway/core/document"
	"github.com/slipway-build/slipway/sdk/diag"
)

// A listedGroup is a group as a program prints it.
type listedGroup struct {
	Images   []document.Node `yaml:"images"`
	Hosts    []document.Node `yaml:"hosts"` // Ansible's word for images
	Children []document.Node `yaml:"children"`
	Vars     document.Node   `yaml:"vars"`
	Priority int             `yaml:"priority"`
}

// aMeta is the part of a listing that is about images.
type aMeta struct {
	ImageVars map[string]document.Node `yaml:"imagevars"`
	HostVars  map[string]document.Node `yaml:"hostvars"`
}

// readListing reads what a program printed:
//
//	{"java": {"images": ["web"], "vars": {"port": 8080}, "children": ["apps"]},
//	 "nightly": ["web"],
//	 "_meta": {"imagevars": {"web": {"team": "a"}}}}
//
// Without _meta Ansible asks the program about every host by itself, which is
// slow beyond use; here it must be there.
func (l *loader) readListing(n document.Node) {
	if n.Kind() != document.Mapping {
		l.found.Add(diag.Errorf("wrong-type", n.Pos(), "want a mapping of groups, found %s", n.Describe()))
		return
	}
	if n.Get("_meta").Kind() == document.Absent {
		l.found.Add(diag.Errorf("missing-key", n.Pos(), "the key \"_meta\" is missing").
			WithFix(`print "_meta": {"imagevars": {…}} beside the groups: the program is asked once, not once for every image`))
	}
	for _, e := range n.Entries() {
		if e.Key.Text() == "_meta" {
			l.readMeta(e.Value)
			continue
		}
		l.readListed(l.group(e.Key), e.Value)
	}
}

// readListed reads one group: a list of images, or a mapping.
func (l *loader) readListed(g *group, body document.Node) {
	if body.Kind() == document.Sequence {
		l.joinListed(g, body.Items())
		return
	}
	var written listedGroup
	l.found.Add(document.Decode(body, &written)...)
	g.add(written.Vars, written.Priority)
	l.joinListed(g, written.Images)
	l.joinListed(g, written.Hosts)
	for _, c := range written.Children {
		g.children = append(g.children, child{c.Text(), c.Pos()})
	}
}

func (l *loader) joinListed(g *group, names []document.Node) {
	for _, name := range names {
		l.joinImage(g, name.Text(), name.Pos(), document.Node{})
	}
}

func (l *loader) readMeta(n document.Node) {
	var written aMeta
	l.found.Add(document.Decode(n, &written)...)
	for _, key := range []string{"imagevars", "hostvars"} {
		for _, e := range n.Get(key).Entries() {
			if l.knownImage(e.Key.Text(), e.Key.Pos()) && !e.Value.IsZero() {
				l.imageVars[e.Key.Text()] = append(l.imageVars[e.Key.Text()], e.Value)
			}
		}
	}
}
