package git

import (
	"encoding/base64"
	"net/url"
	"path/filepath"
	"strings"
)

// An Origin is one branch, tag or commit of a repository.
type Origin struct {
	URL   string // as git takes it; a path is absolute
	Ref   string // a branch, a tag, a ref in full or a commit in full; empty: what HEAD names there
	Token string // a password or token for HTTP; empty: what stands in the URL, if anything
}

// Name is the repository for people: its URL without a password, and of HTTP
// without a user.
func (o Origin) Name() string {
	address, _, _ := o.parts()
	return address
}

// Password is the one that stands in the URL, or "".
func (o Origin) Password() string {
	o.Token = ""
	_, _, password := o.parts()
	return password
}

// String returns the name with what is taken of the repository: "… main".
func (o Origin) String() string { return strings.TrimSpace(o.Name() + " " + o.Ref) }

// Local returns the folder of a repository on this machine, or "".
func (o Origin) Local() string {
	if path, ok := strings.CutPrefix(o.URL, "file://"); ok {
		return path
	}
	if filepath.IsAbs(o.URL) {
		return o.URL
	}
	return ""
}

// Commit reports whether Ref is a commit in full, which never moves.
func (o Origin) Commit() bool {
	return (len(o.Ref) == 40 || len(o.Ref) == 64) && strings.Trim(o.Ref, "0123456789abcdef") == ""
}

// parts takes the credentials out of a URL.
func (o Origin) parts() (address, user, password string) {
	if !strings.Contains(o.URL, "://") {
		return o.URL, "", o.Token
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		return withoutUser(o.URL), "", o.Token // git tells what is wrong with it
	}
	if u.User == nil {
		return o.URL, "", o.Token
	}
	user = u.User.Username()
	if password, _ = u.User.Password(); o.Token != "" {
		password = o.Token
	}
	if u.User = url.User(user); u.Scheme == "http" || u.Scheme == "https" {
		u.User = nil
	}
	return u.String(), user, password
}

// withoutUser takes everything before the host out of what is no URL, but looks
// like one.
func withoutUser(text string) string { return text[strings.LastIndexByte(text, '@')+1:] }

// authorised returns d with the credentials of o, for its server alone.
func (o Origin) authorised(d Dir) Dir {
	address, user, password := o.parts()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || user == "" && password == "" {
		return d
	}
	if user == "" {
		user = "git" // servers that take tokens want some name, and take any
	}
	basic := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	return d.configured("http."+u.Scheme+"://"+u.Host+"/.extraHeader", "Authorization: Basic "+basic)
}

// hide takes the password out of a text, should git have written it.
func (o Origin) hide(text string) string {
	if _, _, password := o.parts(); password != "" {
		text = strings.ReplaceAll(text, password, "********")
		return strings.ReplaceAll(text, url.QueryEscape(password), "********")
	}
	return text
}
