package supervisor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strings"
	"syscall"

	"github.com/moby/sys/user"
)

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// prepare finds the program of p and everything that it is to be started with.
func prepare(p Process, files []*os.File) (string, *syscall.ProcAttr, error) {
	if len(p.Args) == 0 || p.Args[0] == "" {
		return "", nil, errors.New("there is nothing to run: neither the image nor its user names a command")
	}
	who, err := lookUp(p.User)
	if err != nil {
		return "", nil, err
	}
	env := environment(p.Env, who)
	dir, err := makeWorkDir(p)
	if err != nil {
		return "", nil, err
	}
	file, err := find(p.Args[0], dir, env)
	if err != nil {
		return "", nil, err
	}
	fds := make([]uintptr, len(files))
	for i, f := range files {
		fds[i] = f.Fd()
	}
	return file, &syscall.ProcAttr{Dir: dir, Env: env, Files: fds, Sys: &syscall.SysProcAttr{
		Credential: credential(who),
		Setpgid:    true,
	}}, nil
}

// makeWorkDir makes the directory that p works in, and returns it.
func makeWorkDir(p Process) (string, error) {
	dir := path.Join("/", p.WorkDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making the working directory: %w", err)
	}
	return dir, nil
}

// lookUp finds a user, a group and their numbers in the container's own files.
func lookUp(spec string) (*user.ExecUser, error) {
	defaults := &user.ExecUser{Home: "/"}
	who, err := user.GetExecUserPath(spec, defaults, "/etc/passwd", "/etc/group")
	if err != nil {
		return nil, fmt.Errorf("looking up user %q in the image: %w", spec, err)
	}
	return who, nil
}

func credential(who *user.ExecUser) *syscall.Credential {
	c := &syscall.Credential{Uid: uint32(who.Uid), Gid: uint32(who.Gid)}
	for _, g := range who.Sgids {
		c.Groups = append(c.Groups, uint32(g))
	}
	if state, err := os.ReadFile("/proc/self/setgroups"); err == nil && strings.TrimSpace(string(state)) == "deny" {
		c.NoSetGroups = true // a user namespace with one mapped id
	}
	return c
}

// environment returns env with each name once, the last one winning, and with
// the PATH and HOME that every container has.
func environment(env []string, who *user.ExecUser) []string {
	all := append([]string{"PATH=" + defaultPath, "HOME=" + who.Home}, env...)
	at := make(map[string]int)
	var out []string
	for _, kv := range all {
		name, _, _ := strings.Cut(kv, "=")
		if i, ok := at[name]; ok {
			out[i] = kv
			continue
		}
		at[name] = len(out)
		out = append(out, kv)
	}
	return out
}

// find looks a command up as a shell in dir would.
func find(command, dir string, env []string) (string, error) {
	if strings.Contains(command, "/") {
		if !path.IsAbs(command) {
			command = path.Join(dir, command)
		}
		return command, nil
	}
	for _, kv := range env {
		if list, ok := strings.CutPrefix(kv, "PATH="); ok {
			return findIn(command, strings.Split(list, ":"))
		}
	}
	return "", &exec.Error{Name: command, Err: exec.ErrNotFound}
}

func findIn(command string, dirs []string) (string, error) {
	for _, dir := range dirs {
		file := path.Join("/", dir, command)
		info, err := os.Stat(file)
		if err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", fmt.Errorf("the image has no command %q in %s", command, strings.Join(dirs, ":"))
}

// startError says what the kernel means.
func startError(file string, p Process, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("starting %q: the image has no such file, or not the loader or shell that it names: %w", file, err)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("starting %q: it is not a program for this machine: %w", file, err)
	case errors.Is(err, syscall.EINVAL) && p.User != "":
		return fmt.Errorf("starting %q as user %q: that id is not mapped in this user namespace; "+
			"give the account a range in /etc/subuid and /etc/subgid and install uidmap: %w", file, p.User, err)
	default:
		return fmt.Errorf("starting %q: %w", file, err)
	}
}
