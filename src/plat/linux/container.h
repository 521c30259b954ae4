// SPDX-License-Identifier: MIT
#ifndef PST_PLAT_LINUX_CONTAINER_H
#define PST_PLAT_LINUX_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The container that a cgroup file names (TEXT, as /proc/PID/cgroup: lines "id:controllers:path"),
 * as "docker:0123456789ab", "podman:…", "k8s:…", "lxc:NAME", "nspawn:NAME", "container:…"; the innermost.
 * False: none.  The name comes from whoever made the cgroup: not harmless yet.
 */
bool pst_container_parse(const char *text, char *out, size_t size);

#endif
