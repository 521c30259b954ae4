// SPDX-License-Identifier: MIT
#include "config.h"

#include "ui/ui.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/i18n.h"
#include "plat/plat.h"
#include "ui/screen.h"
#include "ui/term.h"

#define SECOND_NS UINT64_C(1000000000)
#define DELAY_MIN 0.05
#define SOON_NS	  UINT64_C(100000000) /* until what waits for something looks again */
/* So often in a row may the keyboard promise a key and give none: then the terminal is gone. */
#define EMPTY_READS_MAX 20

struct ui {
	struct screen screen;
	struct ui_term *term;
	struct pst_model *model;
	const struct pst_ui_hooks *hooks;
	struct pst_ui_options opt; /* of the process that is watched now */
	int signal_fd, signal;
	uint64_t delay_ns, refresh_at, leave_at;
	uint64_t rolled_at;
	unsigned rolls;
	bool ended;
	size_t notes; /* that the model had at the last look */
	int empty_reads;
	clock_t cpu_before;
	uint64_t cpu_before_ns;
};

enum ui_event_kind {
	EVENT_NONE,
	EVENT_KEY,
	EVENT_SIGNAL,
	EVENT_RECORDS,
	EVENT_REFRESH,
	EVENT_HANGUP,
	EVENT_TIME_UP
};

struct ui_event {
	enum ui_event_kind kind;
	ui_key key;
};

/* ---- windows ---- */

/* The first windows are short, so that there is something to see at once. */
static uint64_t window_ns(const struct ui *ui)
{
	static const uint64_t first[] = {SECOND_NS / 10, SECOND_NS / 5, SECOND_NS / 2};
	uint64_t full = ui->delay_ns > SECOND_NS ? ui->delay_ns : SECOND_NS;

	return ui->rolls < sizeof first / sizeof *first ? first[ui->rolls] : full;
}

static void roll(struct ui *ui, uint64_t now)
{
	pst_model_roll(ui->model);
	ui->screen.header.window = (double)(now - ui->rolled_at) / (double)SECOND_NS;
	ui->rolled_at = now;
	ui->rolls++;
	screen_rolled(&ui->screen);
}

/* Time that was paused belongs to no window. */
static void roll_when_due(struct ui *ui, uint64_t now)
{
	if (ui->screen.view.paused || ui->ended)
		return;
	if (now - ui->rolled_at >= window_ns(ui))
		roll(ui, now);
}

/* The target ended: the last window stays unless it would be better than what is shown. */
static void note_end(struct ui *ui, uint64_t now)
{
	struct pst_summary s;

	if (ui->ended)
		return;
	pst_model_summary(ui->model, &s);
	if (!s.ended)
		return;
	bool first = !ui->rolls;
	if (first || now - ui->rolled_at >= SECOND_NS / 2)
		roll(ui, now);
	/* A recording comes at once. */
	if (first && s.last_ns > s.first_ns)
		ui->screen.header.window = (double)(s.last_ns - s.first_ns) / (double)SECOND_NS;
	ui->ended = true;
}

/* ---- showing ---- */

static void measure_own_cpu(struct ui *ui, uint64_t now)
{
	clock_t cpu = clock();

	if (cpu == (clock_t)-1 || (ui->cpu_before_ns && now - ui->cpu_before_ns < SECOND_NS))
		return;
	if (ui->cpu_before_ns)
		ui->screen.header.own_cpu_percent = (double)(cpu - ui->cpu_before) /
						    CLOCKS_PER_SEC * 100 * (double)SECOND_NS /
						    (double)(now - ui->cpu_before_ns);
	ui->cpu_before = cpu;
	ui->cpu_before_ns = now;
}

static void pump(struct ui *ui, uint64_t now)
{
	if (ui->hooks->pump)
		ui->hooks->pump(ui->hooks->ctx, ui->model);
	note_end(ui, now);
}

/* What was set up meanwhile. */
static void adopt_setup(struct ui *ui)
{
	struct screen *s = &ui->screen;

	ui->delay_ns =
		(uint64_t)((s->delay < DELAY_MIN ? DELAY_MIN : s->delay) * (double)SECOND_NS);
	s->view.delay_ns = ui->delay_ns;
	term_set_mouse(ui->term, !s->mouse_off);
	if (!s->restyle)
		return;
	term_restyle(ui->term, &s->theme,
		     s->colors == SCREEN_COLORS_MONO  ? 0
		     : s->colors == SCREEN_COLORS_8   ? 8
		     : s->colors == SCREEN_COLORS_256 ? 256
						      : INT_MAX);
	s->canvas.colors = term_colors(ui->term);
	s->restyle = false;
}

static void draw(struct ui *ui, uint64_t now)
{
	adopt_setup(ui);
	ui->screen.now_ns = now;
	if (!ui->ended && !ui->screen.view.paused)
		ui->screen.header.now_unix = (uint64_t)time(NULL);
	screen_update(&ui->screen);
	screen_draw(&ui->screen);
	term_show(ui->term, &ui->screen.canvas);
	if (ui->screen.clip) {
		term_clip(ui->term, ui->screen.clip);
		free(ui->screen.clip);
		ui->screen.clip = NULL;
	}
}

static enum ui_effect refresh_now(struct ui *ui, uint64_t now)
{
	pump(ui, now);
	roll_when_due(ui, now);
	if (!ui->screen.view.paused)
		measure_own_cpu(ui, now);
	uint64_t gap = window_ns(ui) < ui->delay_ns ? window_ns(ui) : ui->delay_ns;

	ui->refresh_at = now + gap;
	return UI_UPDATE;
}

static enum ui_effect adopt_size(struct ui *ui)
{
	int rows, cols;

	term_measure(ui->term, &rows, &cols);
	return screen_resize(&ui->screen, rows, cols);
}

/* ---- waiting ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Waits for keys, signals, records that are worth it (who sent them decides), and the next
 * deadline: all others wait for the refresh.
 */
static void wait_for(struct ui *ui, enum pst_ready ready[3])
{
	const struct pst_ui_hooks *h = ui->hooks;
	bool listens = h->wait_fd && h->before_wait && h->after_wait && !ui->ended;
	int fds[3] = {0, ui->signal_fd, -1};

	ready[0] = ready[1] = ready[2] = PST_READY_NO;
	if (listens) {
		if (!h->before_wait(h->ctx)) {
			ready[2] = PST_READY_DATA;
			pst_poll(fds, ready, 2, 0);
			return;
		}
		fds[2] = h->wait_fd(h->ctx);
	}
	pst_poll(fds, ready, 3, earlier(ui->refresh_at, ui->leave_at));
	if (listens)
		h->after_wait(h->ctx);
}

static struct ui_event event_of_keyboard(struct ui *ui, enum pst_ready ready)
{
	struct ui_event e = {.kind = EVENT_NONE};

	e.key = term_key(ui->term);
	if (e.key) {
		ui->empty_reads = 0;
		e.kind = EVENT_KEY;
	} else if (ready == PST_READY_CLOSED || ++ui->empty_reads > EMPTY_READS_MAX) {
		e.kind = EVENT_HANGUP;
	}
	return e;
}

static struct ui_event ui_next(struct ui *ui)
{
	struct ui_event e = {.kind = EVENT_KEY, .key = term_key(ui->term)};
	enum pst_ready ready[3];

	if (e.key)
		return e; /* curses had it already */
	wait_for(ui, ready);
	uint64_t now = pst_now_ns();

	if (ready[1])
		return (struct ui_event){.kind = EVENT_SIGNAL};
	if (ready[0]) {
		e = event_of_keyboard(ui, ready[0]);
		if (e.kind != EVENT_NONE)
			return e;
	}
	if (now >= ui->leave_at)
		return (struct ui_event){.kind = EVENT_TIME_UP};
	if (now >= ui->refresh_at)
		return (struct ui_event){.kind = EVENT_REFRESH};
	if (ready[2])
		return (struct ui_event){.kind = EVENT_RECORDS};
	return (struct ui_event){.kind = EVENT_NONE};
}

/* ---- handling ---- */

/* A sampler that stops in the middle of a look would leave the target held: it is paused first. */
static enum ui_effect stop_and_return(struct ui *ui)
{
	const struct pst_ui_hooks *h = ui->hooks;
	bool pauses = h->set_paused && !ui->screen.view.paused && !ui->ended;

	if (pauses)
		h->set_paused(h->ctx, true);
	term_suspend(ui->term);
	pst_signals_stop_self();
	term_resume(ui->term);
	if (pauses)
		h->set_paused(h->ctx, false);
	return adopt_size(ui);
}

/* Gives the terminal to the user's editor until it ends. */
static void edit(struct ui *ui)
{
	const struct pst_ui_hooks *h = ui->hooks;
	const struct ui_view *v = &ui->screen.view;
	struct pst_why why = {0};
	enum pst_err err;

	if (!h->edit)
		return;
	term_suspend(ui->term);
	err = h->edit(h->ctx, v->edit.process, v->edit.file, v->edit.line, &why);
	term_resume(ui->term);
	ui->screen.now_ns = pst_now_ns();
	if (err != PST_OK)
		screen_say(&ui->screen, "%s", *why.what ? why.what : pst_err_text(err));
	adopt_size(ui);
}

static enum ui_effect on_signals(struct ui *ui)
{
	enum ui_effect effect = UI_NONE;
	enum pst_signal sig;

	while ((sig = pst_signals_next(&ui->signal)) != PST_SIGNAL_NONE) {
		if (sig == PST_SIGNAL_END)
			return UI_QUIT;
		if (sig == PST_SIGNAL_STOP)
			effect |= stop_and_return(ui);
		if (sig == PST_SIGNAL_CONT)
			term_resume(ui->term);
		if (sig == PST_SIGNAL_CONT || sig == PST_SIGNAL_RESIZE)
			effect |= adopt_size(ui);
	}
	return effect;
}

static enum ui_effect on_records(struct ui *ui, uint64_t now)
{
	bool ended = ui->ended;
	size_t notes = ui->notes;

	pump(ui, now);
	while (pst_model_note(ui->model, ui->notes))
		ui->notes++;
	if (ended != ui->ended)
		return UI_LAYOUT;
	return notes != ui->notes || ui->screen.view.awaits ? UI_UPDATE : UI_NONE;
}

/* A command acts on all that was seen before the key. */
static enum ui_effect on_key(struct ui *ui, ui_key key, uint64_t now)
{
	enum ui_effect effect = on_records(ui, now);
	struct ui_mouse mouse;

	if (key != UI_KEY_MOUSE)
		return effect | screen_key(&ui->screen, key);
	if (term_mouse(ui->term, &mouse, now))
		effect |= screen_mouse(&ui->screen, &mouse);
	return effect;
}

static enum ui_effect on_event(struct ui *ui, struct ui_event e)
{
	uint64_t now = pst_now_ns();

	ui->screen.now_ns = now;
	switch (e.kind) {
	case EVENT_KEY:
		return on_key(ui, e.key, now);
	case EVENT_SIGNAL:
		return on_signals(ui);
	case EVENT_RECORDS:
		return on_records(ui, now);
	case EVENT_REFRESH:
		return refresh_now(ui, now);
	case EVENT_HANGUP:
		ui->signal = pst_signal_hangup();
		return UI_QUIT;
	case EVENT_TIME_UP:
		return UI_QUIT;
	case EVENT_NONE:
		break;
	}
	return UI_NONE;
}

/* The screen of the model there is now. */
static void begin(struct ui *ui, uint64_t now)
{
	ui->rolled_at = ui->refresh_at = now;
	ui->rolls = 0;
	ui->ended = false;
	ui->notes = 0;
	screen_init(&ui->screen, ui->model, ui->hooks, &ui->opt);
	ui->screen.canvas.ascii = term_is_ascii(ui->term);
	ui->screen.canvas.colors = term_colors(ui->term);
	adopt_setup(ui);
	adopt_size(ui);
	ui->screen.now_ns = now;
	if (ui->opt.title &&
	    header_lines(&ui->screen.header, ui->screen.canvas.rows, ui->screen.canvas.cols) == 1)
		screen_say(&ui->screen, "%s", ui->opt.title);
}

/* Another process is watched from now on; the terminal stays as it is. */
static void begin_anew(struct ui *ui, uint64_t now)
{
	screen_release(&ui->screen);
	if (ui->hooks->attached)
		ui->model = ui->hooks->attached(ui->hooks->ctx);
	ui->opt.title = NULL;
	ui->opt.pick = false;
	begin(ui, now);
	refresh_now(ui, now);
}

/* Does what the event asks for; false when it is time to leave. */
static bool ui_handle(struct ui *ui, struct ui_event e)
{
	bool paused = ui->screen.view.paused;
	enum ui_effect effect = on_event(ui, e);
	uint64_t now = pst_now_ns();

	if (effect & UI_QUIT)
		return false;
	if ((effect & UI_ATTACHED) == UI_ATTACHED) {
		begin_anew(ui, now);
		paused = false;
	}
	if (paused && !ui->screen.view.paused)
		ui->rolled_at = now;
	if ((effect & UI_EDIT) == UI_EDIT) {
		edit(ui);
		effect |= UI_REPAINT;
	}
	if ((effect & UI_REPAINT) == UI_REPAINT)
		term_repaint(ui->term);
	if (effect & UI_DRAW)
		draw(ui, now);
	if (ui->screen.view.attached) { /* found out while it was drawn */
		begin_anew(ui, now);
		draw(ui, now);
	}
	if (ui->screen.view.soon)
		ui->refresh_at = earlier(ui->refresh_at, now + SOON_NS);
	return !(ui->ended && ui->opt.exit_at_end);
}

/* ---- the whole ---- */

static void start(struct ui *ui)
{
	uint64_t now = pst_now_ns();

	ui->leave_at = ui->opt.duration > 0 ? now + (uint64_t)(ui->opt.duration * (double)SECOND_NS)
					    : PST_NEVER;
	begin(ui, now);
}

enum pst_err pst_ui_check(struct pst_why *why)
{
	return term_check(why);
}

enum pst_err pst_ui_run(struct pst_model *m, const struct pst_ui_hooks *hooks,
			const struct pst_ui_options *opt, int *signal, struct pst_why *why)
{
	struct ui ui = {.model = m, .hooks = hooks, .opt = *opt};
	enum pst_err err = term_check(why);

	*signal = 0;
	if (err != PST_OK)
		return err;
	err = pst_signals_open(0, &ui.signal_fd, why);
	if (err != PST_OK)
		return err;
	err = term_open(&ui.term, why);
	if (err == PST_OK) {
		start(&ui);
		while (ui_handle(&ui, ui_next(&ui)))
			;
		screen_release(&ui.screen);
		term_close(ui.term);
	}
	pst_signals_close();
	*signal = ui.signal;
	return err;
}
