// SPDX-License-Identifier: MIT
/* A program that is no interpreter but carries one, as uWSGI does: runs the script that it is given. */
#include <Python.h>

#include <stdio.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	FILE *f = fopen(argv[1], "r");
	if (!f)
		return 1;
	Py_Initialize();
	PyRun_SimpleString("import sys, os");
	char line[4096];
	snprintf(line, sizeof line, "sys.path.insert(0, os.path.dirname('%s')); sys.argv = ['%s']", argv[1], argv[1]);
	PyRun_SimpleString(line);
	int bad = PyRun_SimpleFile(f, argv[1]);
	Py_Finalize();
	return bad;
}
