package vocabulary_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func fileTries() []try {
	uid, gid := os.Getuid(), os.Getgid()
	setuid := func(s *site) {
		root, _ := s.subject.Root(context.Background())
		if err := os.Chmod(filepath.Join(root, "opt/suid"), fs.ModeSetuid|0o755); err != nil {
			panic(err)
		}
	}
	unreadable := func(s *site) {
		s.subject.Root = func(context.Context) (string, error) { return "", errors.New("no space") }
	}
	const sum = "9cf7a53ea8fa2ad0b6a56af7b8cb6f5eef6c6b5a5b4a8f7b5b1a7d7a7b6b3a2c"
	return []try{
		{lines: `Then the file "/etc/motd" exists`},
		{lines: `Then the file "/etc/mtd" exists`, want: `failed: /etc/mtd does not exist`},
		{lines: `Then the file "/etc/mtd" does not exist`},
		{lines: `Then the file "/etc/motd" does not exist`, want: `failed: /etc/motd exists: it is a file`},
		{lines: `Then the file "/etc/motd" does not exist`, site: unreadable, want: `error: opening the files of the image: no space`},
		{lines: `Then the path "/etc" is a directory`},
		{lines: `Then the path "/etc/motd" is a directory`, want: `failed: /etc/motd is a file, not a directory`},
		{lines: `Then the path "/usr/bin/run" is a symlink to "run.sh"`},
		{lines: `Then the path "/usr/bin/run" is a symlink to "x"`, want: `failed: the symbolic link /usr/bin/run is "run.sh", want "x"`},
		{lines: `Then the path "/etc/motd" is a symlink to "x"`, want: `failed: /etc/motd is a file, not a symbolic link`},
		{lines: `Then the file "/etc/motd" is at most "8B"`},
		{lines: `Then the file "/etc/motd" is at most "7B"`, want: `failed: /etc/motd has 8 bytes, want at most 7`},
		{lines: `Then the file "/opt/open" has the sha256 "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"`},
		{lines: `Then the file "/opt/open" has the sha256 "` + sum + `"`, want: `failed: the sha256 of /opt/open is "e3b0c442…`},
		{lines: `Then the file "/etc/os-release" contains "VERSION_ID=\"12"`},
		{lines: `Then the file "/etc/motd" contains "Farewell"`, want: `failed: /etc/motd does not contain "Farewell": "Welcome\n"`},
		{lines: `Then the file "/etc/motd" does not contain "Farewell"`},
		{lines: `Then the file "/etc/motd" does not contain "Wel"`, want: `failed: /etc/motd contains "Wel"`},
		{lines: `Then the file "/etc/mtd" does not contain "Wel"`, want: `failed: /etc/mtd does not exist`},
		{lines: `Then the file "/etc/passwd" matches "(?m)^jboss:"`},
		{lines: `Then the file "/etc/motd" matches "^\d"`, want: `failed: /etc/motd does not match "^\\d": "Welcome\n"`},
		{lines: "Then the file \"/etc/motd\" has the content:\n\"\"\"\nWelcome\n\"\"\""},
		{lines: "Then the file \"/etc/motd\" has the content:\n\"\"\"\nwelcome\n\"\"\"", want: `failed: /etc/motd is "Welcome", want "welcome"`},
		{lines: `Then the JSON file "/etc/app.json" path "server.port" equals "8080"`},
		{lines: `Then the JSON file "/etc/app.json" path "server.tags.0" equals "a"`},
		{lines: `Then the JSON file "/etc/app.json" path "server.tags.1" equals "a"`, want: `failed: /etc/app.json has nothing at the path server.tags.1: no "1"`},
		{lines: `Then the JSON file "/etc/motd" path "a" equals "a"`, want: `failed: /etc/motd is not JSON: "Welcome\n"`},
		{lines: `Then the file "/usr/bin/run" has mode "0755"`},
		{lines: `Then the file "/opt/suid" has mode "4755"`, site: setuid},
		{lines: `Then the file "/etc/motd" has mode "0600"`, want: `failed: /etc/motd has mode 0644, want 0600`},
		{lines: fmt.Sprintf(`Then the path "/etc" is owned by uid %d and gid %d`, uid, gid)},
		{lines: fmt.Sprintf(`Then the path "/etc" is owned by uid %d and gid 7`, uid), want: fmt.Sprintf(`failed: /etc is owned by uid %d and gid %d, want uid %d and gid 7`, uid, gid, uid)},
		{lines: `Then the file "/usr/bin/run" is executable by "other"`},
		{lines: `Then the file "/etc/motd" is executable by "any"`, want: `failed: /etc/motd is not executable by any: it is a file with mode 0644`},
		{lines: fmt.Sprintf(`Then all files under "/srv" are writable by group %d`, gid)},
		{lines: `Then all files under "/opt" are writable by group 7`, want: `failed: /opt, /opt/open, /opt/suid is not writable by group 7`},
		{lines: `Then all files under "/none" are writable by group 0`, want: `failed: /none does not exist`},
		{lines: `Then there are no world-writable files under "/etc"`},
		{lines: `Then there are no world-writable files under "/"`, want: `failed: /opt/open is world-writable`},
		{lines: `Then the image has no setuid or setgid files`},
		{lines: `Then the image has no setuid or setgid files`, site: setuid, want: `failed: /opt/suid is setuid or setgid`},
		{lines: `Then no file matches the glob "/var/cache/**"`},
		{lines: `Then no file matches the glob "/usr/**/*.sh"`, want: `failed: the glob /usr/**/*.sh matches /usr/bin/run.sh`},
		{lines: `Then at least 2 files match the glob "/usr/bin/*"`},
		{lines: `Then at least 1 files match the glob "/*.sh"`, want: `failed: the glob /*.sh matches 0 files, want at least 1`},
		{lines: `Then the operating system is "debian" version "12"`},
		{lines: `Then the operating system is "debian" version "1"`, want: `failed: its version is "12", want "1"`},
		{lines: `Then the user "jboss" exists with uid 185 and gid 0`},
		{lines: `Then the user "jboss" exists with uid 186 and gid 0`, want: `failed: the uid and gid of jboss is ["185" "0"], want ["186" "0"]`},
		{lines: `Then the user "tom" exists with uid 1 and gid 1`, want: `failed: there is no user "tom" in /etc/passwd`},
		{lines: `Then the command "gcc" is not available`},
		{lines: `Then the command "run" is not available`, want: `failed: the command "run" is available: /usr/bin/run`},
	}
}
