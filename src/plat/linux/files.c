// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/calls.h"

/* A path may name a FIFO or a terminal: never block on it, never make it ours. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* Keeps FD when it is a regular file, and the one behind MAP if that is given. */
static int keep_if(int fd, const struct pst_map *map)
{
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	/* Overlay and btrfs show another device in maps than in stat: the inode must do there. */
	if (map && st.st_ino != map->inode) {
		close(fd);
		errno = ESTALE;
		return -1;
	}
	return fd;
}

/* PATH below ROOT, where absolute symbolic links and ".." stay below ROOT too. */
static int open_below(int root, const char *path)
{
	struct open_how how = {.flags = OPEN_FLAGS,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);

	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd;
	while (*path == '/')
		path++;
	return openat(root, *path ? path : ".", OPEN_FLAGS);
}

static int open_root(const struct pst_proc *p)
{
	return openat(p->space, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int open_absolute(const struct pst_proc *p, const char *path)
{
	int root = open_root(p), fd, sys;

	pst_called_times(PST_CALL_PROC, 5); /* with fstat and the caller's close */
	if (root < 0)
		return -1;
	fd = open_below(root, path);
	sys = errno;
	close(root);
	errno = sys;
	return fd;
}

/* The link of map_files leads to the file itself even when no path does (CAP_CHECKPOINT_RESTORE or
 * CAP_SYS_ADMIN). */
static int open_map_file(const struct pst_proc *p, const struct pst_map *map)
{
	char name[64];

	snprintf(name, sizeof name, "map_files/%llx-%llx", (unsigned long long)map->start,
		 (unsigned long long)map->end);
	return openat(p->space, name, OPEN_FLAGS);
}

int pst_proc_open_mapped(const struct pst_proc *p, const struct pst_map *map)
{
	int fd;

	if (map->inode == 0) {
		errno = ENOENT;
		return -1;
	}
	fd = keep_if(openat(p->space, "exe", OPEN_FLAGS), map);
	if (fd < 0)
		fd = keep_if(open_map_file(p, map), NULL);
	if (fd < 0 && !map->deleted && map->path[0] == '/')
		fd = keep_if(open_absolute(p, map->path), map);
	return fd;
}

/* What the link says, as seen from its root: of a process that was locked in by chroot it is ours. */
static const char *read_cwd(const struct pst_proc *p, char *cwd, size_t size)
{
	char root[4096];
	ssize_t n = readlinkat(p->space, "cwd", cwd, size - 1);
	ssize_t above = readlinkat(p->space, "root", root, sizeof root - 1);

	if (n <= 0)
		return NULL;
	cwd[n] = '\0';
	if (above > 1 && n >= above && !memcmp(cwd, root, (size_t)above) &&
	    (cwd[above] == '/' || !cwd[above]))
		return cwd + above;
	return cwd;
}

int pst_proc_open_path(const struct pst_proc *p, const char *path)
{
	char buf[4096], full[8192];
	const char *cwd;

	if (path[0] == '/')
		return keep_if(open_absolute(p, path), NULL);
	cwd = read_cwd(p, buf, sizeof buf);
	if (!cwd)
		return -1;
	if ((size_t)snprintf(full, sizeof full, "%s/%s", cwd, path) >= sizeof full) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return keep_if(open_absolute(p, full), NULL);
}
