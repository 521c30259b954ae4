// SPDX-License-Identifier: MIT
/*
 * Loads the libpython that it is given, runs a script in it, finalises it, unloads it, and so on.
 * Usage: reinit LIBPYTHON ROUNDS SCRIPT; after the last round it spins without any Python.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *find(void *library, const char *name)
{
	void *at = dlsym(library, name);

	if (!at) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return at;
}

static int count_mapped(const char *what)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[4096];
	int n = 0;

	while (f && fgets(line, sizeof line, f))
		n += strstr(line, what) != NULL;
	if (f)
		fclose(f);
	return n;
}

static void round_of(const char *path, const char *script)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);

	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	((void (*)(void))find(library, "Py_Initialize"))();
	if (((int (*)(const char *))find(library, "PyRun_SimpleString"))(script))
		exit(1);
	((int (*)(void))find(library, "Py_FinalizeEx"))();
	dlclose(library);
}

int main(int argc, char **argv)
{
	volatile unsigned long spins = 0;

	if (argc != 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < atoi(argv[2]); i++)
		round_of(argv[1], argv[3]);
	printf("{\"mapped\": %d}\n", count_mapped("libpython"));
	for (;;)
		spins++;
}
