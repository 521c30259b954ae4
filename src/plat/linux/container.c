// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/container.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plat/linux/priv.h"

/*
 * Who runs a container gives it a cgroup of its own, and names that after it:
 *   /docker/ID, /system.slice/docker-ID.scope              Docker
 *   /machine.slice/libpod-ID.scope, …/libpod-ID            Podman
 *   /kubepods/…/podUID/ID, …/cri-containerd-ID.scope, …/crio-ID.scope   Kubernetes
 *   /lxc/NAME, /lxc.payload.NAME, /lxc.payload/NAME        LXC, Incus
 *   /machine.slice/systemd-nspawn@NAME.service, machine-NAME.scope      systemd-nspawn
 * IDs are 64 hexadecimal digits, of which twelve tell it apart.
 */

enum { ID_CHARS = 64, ID_SHOWN = 12, NAME_MAX_CHARS = 40, CGROUP_MAX = 16384 };

struct piece { /* of a path, between slashes */
	const char *at;
	size_t len;
};

static bool starts(struct piece p, const char *with)
{
	return p.len >= strlen(with) && !strncmp(p.at, with, strlen(with));
}

static bool is(struct piece p, const char *what)
{
	return p.len == strlen(what) && starts(p, what);
}

static struct piece without(struct piece p, const char *begin, const char *end)
{
	p.at += strlen(begin);
	p.len -= strlen(begin);
	if (p.len > strlen(end) && !strncmp(p.at + p.len - strlen(end), end, strlen(end)))
		p.len -= strlen(end);
	return p;
}

/* The ID that ends the piece, ".scope" aside: it begins it, or follows a '-'. */
static bool find_id(struct piece p, struct piece *id, struct piece *before)
{
	p = without(p, "", ".scope");
	if (p.len < ID_CHARS)
		return false;
	*id = (struct piece){p.at + p.len - ID_CHARS, ID_CHARS};
	*before = (struct piece){p.at, p.len - ID_CHARS};
	if (strspn(id->at, "0123456789abcdef") < ID_CHARS)
		return false;
	if (!before->len)
		return true;
	before->len--;
	/* Podman's and CRI-O's helper outside of the container. */
	return before->at[before->len] == '-' && !(before->len >= 6 &&
						   !strncmp(before->at + before->len - 6, "conmon", 6));
}

static const char *kind_of(struct piece before, const char *parent)
{
	if (!strcmp(parent, "k8s"))
		return parent;
	if (is(before, "docker"))
		return "docker";
	if (is(before, "libpod"))
		return "podman";
	if (is(before, "crio") || is(before, "cri-containerd"))
		return "k8s";
	return *parent ? parent : "container";
}

/* What the pieces further up say about an ID without a word before it. */
static const char *parent_kind(struct piece p, const char *so_far)
{
	if (starts(p, "kubepods"))
		return "k8s";
	if (is(p, "docker"))
		return "docker";
	if (starts(p, "libpod"))
		return "podman";
	return so_far;
}

static void name_it(char *out, size_t size, const char *kind, struct piece name)
{
	int n = (int)(name.len < NAME_MAX_CHARS ? name.len : NAME_MAX_CHARS);

	snprintf(out, size, "%s:%.*s", kind, n, name.at);
	/* systemd writes a '-' of the name as \x2d. */
	for (char *s; (s = strstr(out, "\\x2d"));) {
		*s = '-';
		memmove(s + 1, s + 4, strlen(s + 4) + 1);
	}
}

/* A container that has a name. */
static bool named(struct piece p, struct piece before, char *out, size_t size)
{
	if (is(before, "lxc") || is(before, "lxc.payload"))
		name_it(out, size, "lxc", p);
	else if (starts(p, "lxc.payload."))
		name_it(out, size, "lxc", without(p, "lxc.payload.", ""));
	else if (starts(p, "systemd-nspawn@"))
		name_it(out, size, "nspawn", without(p, "systemd-nspawn@", ".service"));
	else if (starts(p, "machine-") && !starts(p, "machine-qemu"))
		name_it(out, size, "nspawn", without(p, "machine-", ".scope"));
	else
		return false;
	return true;
}

static bool parse_path(struct piece path, char *out, size_t size)
{
	struct piece last = {"", 0}, id, before;
	const char *parent = "", *end = path.at + path.len;
	bool found = false;

	for (const char *s = path.at; s < end; s++) {
		struct piece p = {s, 0};

		while (s < end && *s != '/')
			s++;
		p.len = (size_t)(s - p.at);
		if (find_id(p, &id, &before)) {
			id.len = ID_SHOWN;
			name_it(out, size, kind_of(before, parent), id);
			found = true;
		} else if (p.len) {
			found |= named(p, last, out, size);
		}
		parent = parent_kind(p, parent);
		if (p.len)
			last = p;
	}
	return found;
}

bool pst_container_parse(const char *text, char *out, size_t size)
{
	*out = '\0';
	while (*text) {
		const char *eol = text + strcspn(text, "\n"), *at = text;

		for (int colons = 0; at < eol && colons < 2; at++)
			colons += *at == ':';
		if (parse_path((struct piece){at, (size_t)(eol - at)}, out, size))
			return true;
		text = eol + (*eol == '\n');
	}
	return false;
}

bool pst_proc_container(pid_t pid, char *out, size_t size)
{
	char path[32], text[CGROUP_MAX];

	*out = '\0';
	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	return pst_proc_slurp(AT_FDCWD, path, text, sizeof text) > 0 &&
	       pst_container_parse(text, out, size);
}
