package playbook

import (
	"slices"
	"strings"
)

// A family is modules of Ansible's that have the same answer here.
type family struct {
	modules []string
	instead string
}

// families are the modules that people reach for first.
func families() []family {
	return []family{
		{
			strings.Fields("apt apt_key apt_repository yum yum_repository dnf package pip npm gem apk pacman zypper rpm_key service systemd " +
				"systemd_service user group cron mount hostname sysctl reboot timezone authorized_key firewalld iptables selinux locale_gen"),
			"images are changed, not machines: write it into the image's Dockerfile",
		},
		{[]string{"shell", "raw", "expect"}, "write command: with the line below it as shell:"},
		{[]string{"lineinfile", "blockinfile", "replace", "ini_file"}, "write the whole file with template:, or references to images with rewrite_refs:"},
		{[]string{"file", "tempfile"}, "folders are made by what writes into them: copy, template and extract; write command: for the rest"},
		{[]string{"stat", "find"}, "write command: with argv: [test, -e, FILE], check: true and a failed_when"},
		{[]string{"fetch", "slurp"}, "write extract: for files out of an image"},
		{[]string{"get_url", "unarchive", "git", "subversion"}, "write source: in image.yml for what a build needs, else command:"},
		{[]string{"synchronize", "assemble"}, "write copy:"},
		{strings.Fields("docker_image docker_image_build docker_image_push docker_image_tag podman_image"), "write build:, tag: and push:"},
		{strings.Fields("docker_container podman_container docker_container_exec podman_container_exec"), "write run: for a container that ends, deploy: for one that stays"},
		{strings.Fields("docker_compose docker_compose_v2 docker_stack k8s helm openshift_route podman_pod podman_play"), "write deploy:"},
		{strings.Fields("docker_image_info podman_image_info docker_host_info setup"), "write inspect:"},
		{[]string{"set_stats"}, "write set_var:"},
		{[]string{"add_host", "group_by"}, "images and groups are the inventory's: choose with a pattern, or with when"},
		{[]string{"mail", "slack", "telegram", "mattermost"}, "write uri: and the address of a web hook"},
	}
}

// module says what to write instead of a module of Ansible's, by its short name
// or with its collection before it; "" when there is nothing to say.
func module(word string, known []string) string {
	short := word[strings.LastIndex(word, ".")+1:]
	if short != word && slices.Contains(known, short) {
		return "actions have one name: write " + short + ":"
	}
	for _, f := range families() {
		if slices.Contains(f.modules, short) {
			return f.instead
		}
	}
	if short != word {
		return dropped(short)
	}
	return ""
}
