// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/die.h"
#include "app/dump.h"
#include "app/options.h"
#include "app/record.h"
#include "app/replay.h"
#include "app/session.h"
#include "base/i18n.h"
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

static int print_and_free(struct pst_buf *text)
{
	int bad = fputs(pst_buf_text(text), stdout) < 0 || fflush(stdout);

	pst_buf_free(text);
	return bad ? EXIT_FAILED : EXIT_OK;
}

/* What the build asks for to make the manual page; not for users. */
static bool is_build_question(int argc, char **argv, struct pst_buf *out)
{
	if (argc != 2)
		return false;
	if (!strcmp(argv[1], "--print-man-options"))
		options_man(out);
	else if (!strcmp(argv[1], "--print-man-formats"))
		options_man_formats(out);
	else if (!strcmp(argv[1], "--print-man-keys"))
		pst_ui_key_help(out);
	else if (!strcmp(argv[1], "--print-man-definitions"))
		pst_ui_definitions(out);
	else
		return false;
	return true;
}

static int run(const struct options *opt)
{
	struct pst_buf text = {0};

	if (opt->help) {
		options_help(&text);
		return print_and_free(&text);
	}
	if (opt->version) {
		pst_buf_addf(&text, "%s\n", PACKAGE_STRING);
		return print_and_free(&text);
	}
	log_to_stderr(opt->verbose);
	switch (opt->command) {
	case CMD_DUMP:
		return dump_run(opt);
	case CMD_REPLAY:
		return replay_run(opt);
	case CMD_RECORD:
		return record_run(opt);
	default:
		return session_run(opt);
	}
}

int main(int argc, char **argv)
{
	struct options opt;
	struct pst_buf answer = {0};
	struct pst_why why = {0};

	pst_i18n_init();
	die_on_no_memory();
	if (is_build_question(argc, argv, &answer))
		return print_and_free(&answer);
	if (options_parse(argc, argv, &opt, &why))
		return complain(&why);
	return run(&opt);
}
