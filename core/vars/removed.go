package vars

import "strings"

// A removal is why a function of sprig, or of another tool, is not offered.
type removal struct{ reason, instead string }

// removed tells of functions that people will look for.
func removed(name string) (removal, bool) {
	for prefix, why := range map[string]removal{
		"gen":             {"it makes another key every time", "make the key beforehand, and name it under secrets: in image.yml"},
		"rand":            {"it draws lots, and a build must come out the same every time", "use .run.id where every run needs another value"},
		"buildCustomCert": {"keys do not belong into templates", "name the file under secrets: in image.yml"},
	} {
		if strings.HasPrefix(name, prefix) {
			return why, true
		}
	}
	lots := removal{"it draws lots, and a build must come out the same every time", "use .run.id where every run needs another value"}
	salted := removal{"it answers otherwise every time", "make the value beforehand, and read it with secret"}
	why, ok := map[string]removal{
		"env":            {"a template answers the same on every machine", `pass the value with -e NAME="$NAME"`},
		"expandenv":      {"a template answers the same on every machine", `pass the value with -e NAME="$NAME"`},
		"lookup":         {"it is Ansible's", `read a file with file "PATH", a secret with secret "NAME", and pass what the environment holds with -e`},
		"getHostByName":  {"it asks the network", "pass the address with -e"},
		"uuidv4":         lots,
		"shuffle":        lots,
		"bcrypt":         salted,
		"htpasswd":       salted,
		"encryptAES":     salted,
		"decryptAES":     {"secrets do not belong into templates", `read it with secret "NAME"`},
		"derivePassword": {"secrets do not belong into templates", `read it with secret "NAME"`},
		"fail":           {"it stops in the middle of a run", "use required, or the actions assert and fail"},
		"include":        {"it is Helm's", `use {{ template "NAME" . }}`},
		"tpl":            {"it is Helm's, and variables are expanded anyway", "name the variable: .NAME"},
	}[name]
	return why, ok
}
