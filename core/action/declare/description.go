package declare

// A Description is a declaration as it is told to people and programs.
type Description struct {
	Name      string   `json:"name"`
	Summary   string   `json:"summary"`
	About     string   `json:"about,omitempty"`
	Arguments []Field  `json:"arguments"`
	Free      string   `json:"free,omitempty"` // what any other key means
	Result    []Field  `json:"result"`
	CheckMode string   `json:"check_mode"`
	Joint     string   `json:"joint,omitempty"` // when one step does the work for all images of the play
	Builder   bool     `json:"builder,omitempty"`
	Examples  []string `json:"examples"` // YAML, each a task without its dash
}

// Describe returns the declaration for those who read about the action.
func (a Action) Describe() Description {
	return Description{
		Name: a.Name, Summary: a.Summary, About: a.About, Arguments: listed(a.Arguments()), Free: a.Free,
		Result: listed(a.Results()), CheckMode: a.Check, Joint: a.Joint, Builder: a.Builder, Examples: a.Examples,
	}
}

// OnABuilder says what may be said of an action whose work is done on one.
const OnABuilder = "The keyword `on` of the task, of a block or of the play picks the builder: chroot, oci, or one that slipway.yml names below " +
	"builders. Without it the image is built as its image.yml says. Where it is built is no part of the key."

// listed is a list also when there is nothing in it.
func listed(fields []Field) []Field {
	if fields == nil {
		return []Field{}
	}
	return fields
}

// Registered returns what `register` keeps of every step, whatever its action.
func Registered() []Field {
	return []Field{
		{Name: "changed", Type: "true or false", Doc: "whether the step changed something, or would"},
		{Name: "failed", Type: "true or false", Doc: "whether it failed"},
		{Name: "skipped", Type: "true or false", Doc: "whether there was nothing to do"},
		{Name: "msg", Type: "text", Doc: "what its line says, or why it failed"},
		{Name: "digest", Type: "text", Doc: "the digest that it is about, if it is about one"},
	}
}
