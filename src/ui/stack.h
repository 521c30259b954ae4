// SPDX-License-Identifier: MIT
#ifndef PST_UI_STACK_H
#define PST_UI_STACK_H

#include "base/buf.h"
#include "base/vec.h"
#include "ui/pane.h"
#include "ui/scroll.h"

/*
 * The stack inspector: one thread's frames, the values of one of them, and its source.  stack.c
 * does what it is told and asks the session, stack_look.c takes stacks from its answers or from the
 * model, stack_values.c, stack_source.c and stack_draw.c show them.
 */

enum stack_part { STACK_FRAMES, STACK_VALUES, STACK_SOURCE, STACK_PARTS };

/* The text of a variable at the look before, by hashes. */
struct stack_seen {
	uint64_t path, text;
};

/* Something that the user opened. */
struct stack_open {
	char *path; /* as in pst_inspect_request */
	uint64_t hash;
};

struct stack_values {
	PST_VEC(size_t) shown;	 /* indices of rows: those not below something closed */
	PST_VEC(uint64_t) paths; /* of all rows: hashes */
	PST_VEC(uint8_t) changed; /* of all rows: differs from the look before */
	PST_VEC(struct stack_seen) seen; /* what this look shows, sorted by path */
	uint64_t seen_of;	 /* whose frame that is; 0: nothing seen */
	PST_VEC(struct stack_open) open;
	struct scroll scroll;
	uint64_t chosen; /* path of the row under the cursor */
	int shift, room; /* cells that the chosen value is scrolled by, has room for */
	bool wrap;	 /* the chosen value takes as many rows as it needs */
	int extra;	 /* so many beyond one, at the last draw */
};

struct stack_source {
	struct pst_source text;
	char *file; /* of TEXT; NULL: none */
	uint32_t process;
	uint64_t read_ns;
	int at;	    /* the line under the cursor; 0: that which runs */
	int shift;  /* cells that all lines are scrolled by */
	int top, page; /* first line shown, and how many, at the last draw */
	PST_VEC(struct pst_line_heat) heat;
	uint64_t heat_sum, heat_ns; /* heat_ns: when it was fetched */
	uint32_t heat_of;	    /* of which function */
	struct pst_span_ns heat_span;
};

struct stack {
	bool shown, frozen;
	enum stack_part focus, beside; /* beside: values or source, where there is room for one */
	struct {
		int row, col, rows, cols; /* with its title; rows 0: not shown */
	} at[STACK_PARTS];

	/* The thread. */
	struct ui_thread_infos infos;
	uint32_t thread, process;
	int64_t tid;
	uint64_t ident;
	char name[128];
	enum pst_thread_doing doing;
	bool known, alive, picked; /* picked: by us, because the user chose none */
	bool ended;		   /* the whole sampling */

	/* What is shown of it. */
	struct pst_inspection *in; /* NULL: nothing yet */
	bool from_model;	   /* IN was made of the model: it has no values */
	char note[320];		   /* why the last look gave nothing; "" */
	char func[256];		   /* called by the chosen frame; "": whatever is the leaf */
	size_t frame;		   /* view->frame as we left it */
	struct scroll frames;
	bool seeks;	  /* for FUNC, wherever on the stack it is */
	bool with_values; /* IN's values are those of the chosen frame */
	bool chose; /* the frame was chosen by the user just now */
	uint32_t func_id; /* of the chosen frame's function, in the model; 0: unknown */
	uint64_t func_of; /* of which frame that is: a hash */
	size_t func_seen; /* so many functions of the model are known not to be it */
	struct stack_values values;
	struct stack_source source;

	/* What is asked. */
	uint64_t serial, asked_ns, next_ns;
	bool waiting, wanted; /* wanted: by the user, now */

	/* What is being saved: as it was when the user asked for it. */
	char *save_text;
	char save_path[512], save_title[160];
};

/* ---- stack_look.c ---- */

/* Finds the thread, or takes the most active one when none was chosen. */
void stack_find_thread(struct stack *s, struct ui_view *v, const struct pst_model *m);
/* Takes the answers that have come. */
void stack_take(struct stack *s, struct ui_view *v);
/* When there is no answer: its last stack in the model. */
void stack_from_model(struct stack *s, const struct ui_view *v, const struct pst_model *m);
/* Asks for a look when it is time. */
void stack_ask(struct stack *s, struct ui_view *v);
/* Forgets what is shown. */
void stack_forget(struct stack *s);
/* Index of the chosen frame, leaf first; SIZE_MAX: it is not on the stack now. */
size_t stack_frame(const struct stack *s, const struct ui_view *v);
/* That frame; NULL: none. */
const struct pst_inspect_frame *stack_chosen(const struct stack *s, const struct ui_view *v);
/* The values belong to the chosen frame. */
bool stack_has_values(const struct stack *s, const struct ui_view *v);

/* ---- stack_values.c ---- */

/* Another answer, or something was opened or closed. */
void values_arrange(struct stack_values *w, const struct pst_inspection *in);
/* Compares a new answer, before it is arranged; OF: a hash of the frame it speaks of. */
void values_compare(struct stack_values *w, const struct pst_inspection *in, uint64_t of);
/* The row under the cursor; NULL: none. */
const struct pst_value_row *values_chosen(const struct stack_values *w,
					  const struct pst_inspection *in);
bool values_is_open(const struct stack_values *w, size_t row);
/* Opens or closes the row under the cursor.  True when it has to be read first. */
bool values_open(struct stack_values *w, const struct pst_inspection *in, bool open);
void values_to_parent(struct stack_values *w, const struct pst_inspection *in);
void values_go(struct stack_values *w, size_t at);
/* Scrolls the text of the row under the cursor; false: there is nothing more on that side. */
bool values_scroll(struct stack_values *w, const struct pst_inspection *in, int step);
bool values_search(struct stack_values *w, const struct pst_inspection *in,
		   const struct ui_find *f, int step);
/* The row under the cursor, with all that is open below it when DEEP. */
void values_text(const struct stack_values *w, const struct pst_inspection *in, bool deep,
		 struct pst_buf *out);
void values_draw(struct stack_values *w, const struct pst_inspection *in, const struct ui_view *v,
		 bool focus, struct canvas *c);
/* Which of the shown rows was drawn at ROW of the last canvas; SIZE_MAX: none. */
size_t values_at(const struct stack_values *w, int row);
void values_free(struct stack_values *w);
uint64_t values_hash(uint64_t from, const char *text);

/* ---- stack_source.c ---- */

/* Fetches the lines around the chosen frame's, and the heat of its function. */
void stack_source_fetch(struct stack *s, struct ui_view *v, const struct pst_model *m);
enum ui_effect stack_source_command(struct stack *s, const struct ui_view *v, enum ui_cmd cmd);
bool stack_source_search(struct stack *s, const struct ui_view *v, int step);
/* The line under the cursor; 0: none. */
int stack_source_line(const struct stack *s, const struct ui_view *v);
const char *stack_source_text(const struct stack *s, int line); /* NULL: not read */
void stack_source_draw(struct stack *s, const struct ui_view *v, struct canvas *c);
void stack_source_forget(struct stack_source *w);

/* ---- stack_draw.c ---- */

void stack_draw(struct pane *p, struct canvas *c);
/* The search is after this frame. */
bool frame_matches(const struct pst_inspect_frame *f, const struct ui_view *v);

#endif
