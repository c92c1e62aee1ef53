package deploy

import (
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/slipway-build/slipway/core/container"
	"github.com/slipway-build/slipway/sdk/diag"
)

// defaultGrace is how long a service may take to stop, as in compose.
const defaultGrace = 10 * time.Second

// A reader turns what the compose library read into a project.
type reader struct {
	src      *source
	network  string // the one that services are on; empty: none was seen yet
	problems diag.List
}

func (r *reader) refuse(pos diag.Pos, format string, args ...any) {
	r.problems.Add(diag.Errorf("compose-value", pos, format, args...))
}

func (r *reader) project(parsed *types.Project) *Project {
	if len(parsed.Services) == 0 {
		r.refuse(r.src.pos(), "the compose file has no services")
	}
	p := &Project{File: r.src.file}
	waited := make(map[string]bool)
	for _, name := range inOrder(parsed.Services) {
		s := r.service(name, parsed.Services[name])
		for _, n := range s.Needs {
			waited[n.Service] = waited[n.Service] || n.Condition == Completed
		}
		p.Services = append(p.Services, s)
	}
	for i := range p.Services {
		p.Services[i].runsToEnd = waited[p.Services[i].Name]
	}
	r.names(p)
	return p
}

// inOrder returns the services so that each comes after those it depends on.
// The compose library has refused cycles.
func inOrder(services types.Services) []string {
	var out []string
	var visit func(string)
	visit = func(name string) {
		if slices.Contains(out, name) {
			return
		}
		for _, need := range slices.Sorted(maps.Keys(services[name].DependsOn)) {
			visit(need)
		}
		out = append(out, name)
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		visit(name)
	}
	return out
}

// names refuses a name that two services have.
func (r *reader) names(p *Project) {
	owner := make(map[string]string)
	for _, s := range p.Services {
		for _, n := range s.Names {
			if other, taken := owner[n]; taken && other != s.Name {
				r.refuse(s.Pos, "services %s and %s are both called %q", other, s.Name, n)
			}
			owner[n] = s.Name
		}
	}
}

func (r *reader) service(name string, c types.ServiceConfig) Service {
	at := func(path ...string) diag.Pos { return r.src.pos(append([]string{"services", name}, path...)...) }
	s := Service{Name: name, Pos: at(), Image: c.Image, ImagePos: at("image"), StopGrace: defaultGrace}
	if c.Image == "" {
		r.refuse(at(), "service %s names no image", name)
	}
	if c.Restart != "" && c.Restart != "no" {
		r.refuse(at("restart"), "service %s may not restart: a container that dies is to be seen, not hidden", name)
	}
	r.oneNetwork(name, c, at)
	s.Names = serviceNames(name, c)
	s.Spec = container.Spec{
		Name: name, Entrypoint: c.Entrypoint, Command: c.Command, Env: c.Environment.ToMapping().Values(),
		User: c.User, WorkDir: c.WorkingDir, Hostname: c.Hostname, ReadOnly: c.ReadOnly, StopSignal: c.StopSignal,
	}
	slices.Sort(s.Spec.Env)
	if c.StopGracePeriod != nil {
		s.StopGrace = time.Duration(*c.StopGracePeriod)
	}
	r.mounts(&s, c, at)
	r.ports(&s, c, at)
	r.hosts(&s, c, at)
	s.Health, s.NoHealth = health(c.HealthCheck)
	for _, need := range slices.Sorted(maps.Keys(c.DependsOn)) {
		s.Needs = append(s.Needs, Need{need, Condition(c.DependsOn[need].Condition)})
	}
	return s
}

// oneNetwork refuses a service on another network than those before it.
func (r *reader) oneNetwork(service string, c types.ServiceConfig, at func(...string) diag.Pos) {
	for _, n := range slices.Sorted(maps.Keys(c.Networks)) {
		if r.network == "" {
			r.network = n
		}
		if n != r.network {
			r.refuse(at("networks"), "service %s is on network %s, and others are on %s; a deployment has one network", service, n, r.network)
		}
	}
}

func serviceNames(name string, c types.ServiceConfig) []string {
	names := []string{name}
	if c.ContainerName != "" {
		names = append(names, c.ContainerName)
	}
	for _, n := range slices.Sorted(maps.Keys(c.Networks)) {
		if c.Networks[n] != nil {
			names = append(names, c.Networks[n].Aliases...)
		}
	}
	return slices.Compact(names)
}

func (r *reader) mounts(s *Service, c types.ServiceConfig, at func(...string) diag.Pos) {
	for i, v := range c.Volumes {
		pos := at("volumes", strconv.Itoa(i))
		m := container.Mount{Target: v.Target, ReadOnly: v.ReadOnly}
		switch v.Type {
		case types.VolumeTypeBind:
			m.Source = v.Source
			if _, err := os.Stat(v.Source); err != nil {
				r.refuse(pos, "service %s mounts %s, which cannot be read: %v", s.Name, v.Source, cause(err))
			}
			s.Spec.Mounts = append(s.Spec.Mounts, m)
		case types.VolumeTypeTmpfs:
			if v.Tmpfs != nil {
				m.Size, m.Mode = int64(v.Tmpfs.Size), v.Tmpfs.Mode
			}
			s.Spec.Mounts = append(s.Spec.Mounts, m)
		case types.VolumeTypeVolume:
			m.CopyUp = v.Volume == nil || !v.Volume.NoCopy
			s.Volumes = append(s.Volumes, Volume{volumeName(v.Source, s.Name, i), m})
		default:
			r.refuse(pos, "service %s has a mount of type %q; there are bind, volume and tmpfs", s.Name, v.Type)
		}
	}
	for i, t := range c.Tmpfs {
		if strings.Contains(t, ":") {
			r.refuse(at("tmpfs", strconv.Itoa(i)), "options of a tmpfs stand under volumes, with type: tmpfs")
			continue
		}
		s.Spec.Mounts = append(s.Spec.Mounts, container.Mount{Target: t})
	}
}

// volumeName names a volume that has no name after its place.
func volumeName(name, service string, i int) string {
	if name == "" {
		return service + "-" + strconv.Itoa(i)
	}
	return name
}

func (r *reader) ports(s *Service, c types.ServiceConfig, at func(...string) diag.Pos) {
	for i, p := range c.Ports {
		pos := at("ports", strconv.Itoa(i))
		if p.Protocol != "" && p.Protocol != "tcp" {
			r.refuse(pos, "service %s publishes a %s port; only tcp is forwarded", s.Name, p.Protocol)
		}
		if p.HostIP != "" && p.HostIP != "127.0.0.1" {
			r.refuse(pos, "service %s publishes on %s; ports are forwarded to 127.0.0.1 only", s.Name, p.HostIP)
		}
		published := 0
		if p.Published != "" {
			var err error
			if published, err = strconv.Atoi(p.Published); err != nil {
				r.refuse(pos, "service %s publishes %q; a port is one number", s.Name, p.Published)
			}
		}
		s.Ports = append(s.Ports, Port{published, int(p.Target), pos})
	}
	for i, e := range c.Expose {
		n, err := strconv.Atoi(strings.TrimSuffix(e, "/tcp"))
		if err != nil {
			r.refuse(at("expose", strconv.Itoa(i)), "service %s exposes %q; a port is one number, and tcp", s.Name, e)
			continue
		}
		s.Exposed = append(s.Exposed, n)
	}
}

func (r *reader) hosts(s *Service, c types.ServiceConfig, at func(...string) diag.Pos) {
	for _, name := range slices.Sorted(maps.Keys(c.ExtraHosts)) {
		for _, text := range c.ExtraHosts[name] {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				r.refuse(at("extra_hosts"), "service %s gives %s the address %q, which is none", s.Name, name, text)
				continue
			}
			s.Spec.Hosts = append(s.Spec.Hosts, container.Host{Address: addr, Names: []string{name}})
		}
	}
}
