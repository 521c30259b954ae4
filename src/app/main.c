// SPDX-License-Identifier: MIT
#include "config.h"

#include "app/die.h"
#include "app/dump.h"
#include "app/options_table.h"
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
	else if (!strcmp(argv[1], "--print-man-hidden"))
		options_man_hidden(out);
	else if (!strcmp(argv[1], "--print-man-commands"))
		options_man_commands(out);
	else if (!strcmp(argv[1], "--print-options"))
		options_list(out);
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

static int print_version(void)
{
	struct pst_buf text = {0};

	if (strcmp(program_name(), PACKAGE_NAME))
		pst_buf_addf(&text, "%s (%s)\n", program_name(), PACKAGE_STRING);
	else
		pst_buf_addf(&text, "%s\n", PACKAGE_STRING);
	return print_and_free(&text);
}

static int print_help(const struct options *opt)
{
	struct pst_buf text = {0};

	options_help(opt, &text);
	return print_and_free(&text);
}

static int print_completions(const struct options *opt)
{
	struct pst_buf text = {0};
	struct pst_why why = {0};

	return completions_print(opt->shell, &text, &why) ? complain(&why) : print_and_free(&text);
}

static int run(const struct options *opt)
{
	if (opt->help)
		return print_help(opt);
	if (opt->version)
		return print_version();
	if (opt->command == CMD_COMPLETIONS)
		return print_completions(opt);
	log_to_stderr(opt->verbose);
	if (opt->quiet)
		status_quiet();
	if (opt->native)
		remark(_("Only Python frames are shown: the stacks of native code cannot be read yet "
			 "(--native)."));
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
	if (argc)
		program_called(argv[0]);
	if (is_build_question(argc, argv, &answer))
		return print_and_free(&answer);
	int status = options_parse(argc, argv, &opt, &why) ? complain(&why) : run(&opt);
	options_free(&opt);
	return status;
}
