// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/freezer.h"
#include "plat/linux/priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/calls.h"

/* Whether NAME is in LIST, names with commas between them; it ends with a line or a colon. */
static bool lists(const char *list, const char *name)
{
	size_t len = strlen(name), n;

	for (;; list += n + 1) {
		n = strcspn(list, ",:\n");
		if (n == len && !strncmp(list, name, n))
			return true;
		if (list[n] != ',')
			return false;
	}
}

/* A line of mountinfo: "ID PARENT DEVICE ROOT AT OPTIONS... - TYPE SOURCE SUPER-OPTIONS". */
static bool take_mount(struct pst_freezer *f, const char *line)
{
	char root[1024], at[1024];
	const char *options = strrchr(line, ' ');

	if (!strstr(line, " - cgroup ") || !lists(options + 1, "freezer") ||
	    sscanf(line, "%*s %*s %*s %1023s %1023s", root, at) != 2)
		return false;
	f->root = pst_strdup(strcmp(root, "/") ? root : "");
	f->at = pst_strdup(at);
	return true;
}

static void seek(struct pst_freezer *f)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;

	f->sought = true;
	pst_called_times(PST_CALL_PROC, 3); /* open, read, close */
	while (file && getline(&line, &size, file) > 0 && !take_mount(f, line))
		;
	free(line);
	if (file)
		fclose(file);
}

/* In TEXT, lines "ID:CONTROLLERS:PATH": the path of that of the freezer, terminated; or NULL. */
static char *path_in(char *text)
{
	for (char *line = text; line; line = strchr(line, '\n')) {
		char *list;

		line += *line == '\n';
		list = strchr(line, ':');
		if (!list || !lists(list + 1, "freezer"))
			continue;
		char *path = strchr(list + 1, ':');
		if (!path)
			return NULL;
		path[strcspn(path, "\n")] = '\0';
		return path + 1;
	}
	return NULL;
}

bool pst_freezer_has(struct pst_freezer *f, int dir)
{
	char text[4096], file[6144], state[16];
	char *path;

	if (!f->sought)
		seek(f);
	if (!f->at || pst_proc_slurp(dir, "cgroup", text, sizeof text) <= 0 || !(path = path_in(text)))
		return false;
	/* What lies above what is mounted here, as in a container, is not to be seen. */
	if (strncmp(path, f->root, strlen(f->root)) != 0)
		return false;
	snprintf(file, sizeof file, "%s%s/freezer.state", f->at, path + strlen(f->root));
	/* The root has no such file.  FROZEN; FREEZING until the last thread has come to stand. */
	return pst_proc_slurp(AT_FDCWD, file, state, sizeof state) > 0 && state[0] == 'F';
}

void pst_freezer_free(struct pst_freezer *f)
{
	if (!f)
		return;
	free(f->at);
	free(f->root);
	free(f);
}
