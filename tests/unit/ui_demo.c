// SPDX-License-Identifier: MIT
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "plat/plat.h"
#include "ui/ui.h"
#include "ui_fixture.h"

/*
 * The screen on a process that is made up, in a real terminal: to look at, and to be driven by
 *hand.
 *
 *	ui_demo [SECONDS]	the process ends after so many seconds
 */

struct demo {
	struct fixture f;
	struct fixture_scene scene;
	uint64_t started_ns, end_ns;
	unsigned ticks;
	bool paused, ended;
	double rate;
};

/*
 * Sends the ticks that were due meanwhile; the pattern shifts with time, so that the table moves.
 */
static bool demo_pump(void *ctx, struct pst_model *m)
{
	struct demo *d = ctx;
	uint64_t now = pst_now_ns();

	(void)m;
	if (d->ended)
		return false;
	while (!d->paused && d->f.now_ns + 10000000 < now) {
		fixture_scene_tick(&d->f, &d->scene, d->ticks + d->ticks / 300);
		d->ticks++;
	}
	if (d->paused)
		d->f.now_ns = now;
	d->f.stats.rate_asked = d->rate;
	fixture_stats(&d->f);
	if (now >= d->end_ns) {
		fixture_end(&d->f, PST_GONE);
		d->ended = true;
	}
	return true;
}

static void demo_rate(void *ctx, double rate)
{
	((struct demo *)ctx)->rate = rate;
}

static void demo_paused(void *ctx, bool paused)
{
	((struct demo *)ctx)->paused = paused;
}

static const char *demo_status(void *ctx)
{
	return ((struct demo *)ctx)->ended ? "exited with status 3" : NULL;
}

int main(int argc, char **argv)
{
	struct demo d = {.rate = 100, .end_ns = PST_NEVER};
	struct pst_ui_hooks hooks = {.ctx = &d,
				     .pump = demo_pump,
				     .set_rate = demo_rate,
				     .set_paused = demo_paused,
				     .child_status = demo_status};
	struct pst_ui_options opt = {.rate = 100};
	struct pst_why why = {.err = PST_OK};
	int signal = 0;

	pst_i18n_init();
	fixture_init(&d.f);
	fixture_scene_init(&d.f, &d.scene);
	fixture_note(&d.f, "This process is made up.");
	d.f.now_ns = pst_now_ns();
	if (argc > 1)
		d.end_ns = d.f.now_ns + (uint64_t)(atof(argv[1]) * 1e9);
	if (pst_ui_run(d.f.model, &hooks, &opt, &signal, &why) != PST_OK) {
		fprintf(stderr, "%s\n", why.what);
		fixture_free(&d.f);
		return 1;
	}
	fixture_free(&d.f);
	printf("left by signal %d\n", signal);
	return 0;
}
