// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define UNITS 64

static enum pst_err fake_read(struct pst_target *t, uint64_t at, void *buf, size_t len)
{
	struct fake *f = (struct fake *)t;

	if (at < FAKE_BASE || at - FAKE_BASE > f->size || len > f->size - (at - FAKE_BASE))
		return PST_FAULT;
	memcpy(buf, f->mem + (at - FAKE_BASE), len);
	return PST_OK;
}

static enum pst_err fake_tasks(struct pst_target *t, unsigned what, struct pst_tasks *out)
{
	(void)what;
	out->len = 0;
	struct pst_task *task = PST_VEC_PUSH(out);

	task->tid = task->ns_tid = t->pid;
	task->state = 'R';
	task->syscall = -1;
	return PST_OK;
}

static const struct pst_target_ops fake_ops = {
	.name = "fake", .read = fake_read, .tasks = fake_tasks};

uint64_t fake_alloc(struct fake *f, size_t len)
{
	uint64_t at = FAKE_BASE + f->used;

	f->used += (len + 15) & ~(size_t)15;
	if (f->used > f->size)
		abort();
	return at;
}

static void put(struct fake *f, uint64_t at, const void *bytes, size_t len)
{
	memcpy(f->mem + (at - FAKE_BASE), bytes, len);
}

void fake_u64(struct fake *f, uint64_t addr, int32_t off, uint64_t value)
{
	if (off >= 0)
		put(f, addr + (uint64_t)off, &value, sizeof value);
}

void fake_i32(struct fake *f, uint64_t addr, int32_t off, int32_t value)
{
	if (off >= 0)
		put(f, addr + (uint64_t)off, &value, sizeof value);
}

void fake_u8(struct fake *f, uint64_t addr, int32_t off, uint8_t value)
{
	if (off >= 0)
		put(f, addr + (uint64_t)off, &value, sizeof value);
}

static uint64_t fake_type(struct fake *f, const char *name, uint64_t flags)
{
	uint64_t type = fake_alloc(f, (size_t)f->l->type_size),
		 text = fake_alloc(f, strlen(name) + 1);

	put(f, text, name, strlen(name) + 1);
	fake_u64(f, type, f->l->object_ob_type, type);
	fake_u64(f, type, f->l->type_tp_name, text);
	fake_u64(f, type, f->l->type_tp_flags, flags);
	return type;
}

static bool has_bytes_names(const struct fake *f)
{
	return f->l->version.major < 3;
}

uint64_t fake_str(struct fake *f, const char *text)
{
	const struct pst_layout *l = f->l;
	size_t len = strlen(text);
	int32_t head = has_bytes_names(f) ? l->bytes_ob_sval : l->unicode_ascii_size;
	uint64_t at = fake_alloc(f, (size_t)head + len + 1);

	fake_u64(f, at, l->object_ob_type, f->str_type);
	put(f, at + (uint64_t)head, text, len + 1);
	if (has_bytes_names(f)) {
		fake_u64(f, at, l->var_ob_size, len);
		return at;
	}
	fake_u64(f, at, l->unicode_length, len);
	fake_i32(f, at, l->unicode_state,
		 (int32_t)(1U << l->unicode_kind_shift | 1U << l->unicode_compact_shift |
			   1U << l->unicode_ascii_shift |
			   (l->unicode_ready_shift >= 0 ? 1U << l->unicode_ready_shift : 0)));
	return at;
}

int fake_unit(const struct fake *f)
{
	return f->l->code_bytecode >= 0 || f->l->code_unit == 2 ? 2 : 1;
}

/* One line per instruction. */
static uint64_t fake_lines(struct fake *f)
{
	const struct pst_layout *l = f->l;
	uint64_t at = fake_alloc(f, (size_t)l->bytes_ob_sval + 2 * UNITS);
	uint8_t table[2 * UNITS];

	for (int i = 0; i < UNITS; i++) {
		table[2 * i] = (uint8_t)fake_unit(f);
		table[2 * i + 1] = 1;
		if (l->code_line_format == PST_LINES_311) { /* no columns, length 1, delta +1 */
			table[2 * i] = 0x80 | 13 << 3;
			table[2 * i + 1] = i ? 2 : 0;
		}
	}
	if (l->code_line_format == PST_LINES_310)
		table[1] = 0;
	fake_u64(f, at, l->var_ob_size, sizeof table);
	put(f, at + (uint64_t)l->bytes_ob_sval, table, sizeof table);
	return at;
}

uint64_t fake_code(struct fake *f, const char *name, const char *file, int first_line)
{
	const struct pst_layout *l = f->l;
	uint64_t at = fake_alloc(f, (size_t)l->code_size + 2 * UNITS), text = fake_str(f, name);

	fake_u64(f, at, l->object_ob_type, f->code_type);
	fake_u64(f, at, l->code_name, text);
	fake_u64(f, at, l->code_qualname, text);
	fake_u64(f, at, l->code_filename, fake_str(f, file));
	fake_u64(f, at, l->code_lines, fake_lines(f));
	fake_i32(f, at, l->code_firstlineno, first_line);
	fake_i32(f, at, l->code_firsttraceable, FAKE_TRACEABLE);
	if (l->code_bytecode >= 0)
		fake_u64(f, at, l->var_ob_size, UNITS);
	return at;
}

uint64_t fake_frame(struct fake *f, uint64_t code, int instr, uint64_t previous)
{
	const struct pst_layout *l = f->l;
	uint64_t at;

	if (l->iframe_previous < 0) {
		at = fake_alloc(f, (size_t)l->frame_size);
		fake_u64(f, at, l->frame_f_back, previous);
		fake_u64(f, at, l->frame_f_code, code);
		fake_i32(f, at, l->frame_f_lasti,
			 instr < 0 ? -1 : instr * fake_unit(f) / l->frame_lasti_scale);
		return at;
	}
	at = fake_alloc(f, (size_t)l->iframe_size);
	fake_u64(f, at, l->iframe_previous, previous);
	fake_u64(f, at, l->iframe_executable, code);
	fake_u64(f, at, l->iframe_instr,
		 code + (uint64_t)l->code_bytecode + (uint64_t)(int64_t)(2 * instr));
	fake_u8(f, at, l->iframe_owner, (uint8_t)l->owner_thread);
	fake_u8(f, at, l->iframe_is_entry, !previous);
	return at;
}

uint64_t fake_shim(struct fake *f, uint64_t previous)
{
	uint64_t at = fake_alloc(f, (size_t)f->l->iframe_size);

	fake_u64(f, at, f->l->iframe_previous, previous);
	fake_u8(f, at, f->l->iframe_owner,
		(uint8_t)(f->l->owner_interpreter >= 0 ? f->l->owner_interpreter
						       : f->l->owner_cstack));
	return at;
}

uint64_t fake_tstate(struct fake *f, uint64_t ident)
{
	const struct pst_layout *l = f->l;
	uint64_t at = fake_alloc(f, (size_t)l->tstate_size), head = 0;

	memcpy(&head, f->mem + (f->interp - FAKE_BASE) + l->interp_tstate_head, sizeof head);
	fake_u64(f, at, l->tstate_interp, f->interp);
	fake_u64(f, at, l->tstate_thread_id, ident);
	fake_u64(f, at, l->tstate_next, head);
	if (head)
		fake_u64(f, head, l->tstate_prev, at);
	fake_u64(f, f->interp, l->interp_tstate_head, at);
	if (l->cframe_current_frame >= 0)
		fake_u64(f, at, l->tstate_cframe, fake_alloc(f, 64));
	return at;
}

void fake_run(struct fake *f, uint64_t tstate, uint64_t frame)
{
	const struct pst_layout *l = f->l;
	uint64_t cframe;

	if (l->cframe_current_frame >= 0) {
		memcpy(&cframe, f->mem + (tstate - FAKE_BASE) + l->tstate_cframe, sizeof cframe);
		fake_u64(f, cframe, l->cframe_current_frame, frame);
	} else {
		fake_u64(f, tstate,
			 l->tstate_current_frame >= 0 ? l->tstate_current_frame : l->tstate_frame,
			 frame);
	}
}

static void fake_runtime(struct fake *f)
{
	const struct pst_layout *l = f->l;

	f->interp = fake_alloc(f, (size_t)l->interp_size);
	if (l->runtime_interpreters_head >= 0) {
		f->py->info.runtime = fake_alloc(f, (size_t)l->runtime_size);
		fake_u64(f, f->py->info.runtime, l->runtime_interpreters_head, f->interp);
		fake_u64(f, f->py->info.runtime, l->runtime_interpreters_main, f->interp);
	} else {
		f->py->statics.interp_head = fake_alloc(f, 8);
		fake_u64(f, f->py->statics.interp_head, 0, f->interp);
	}
	f->tstate = fake_tstate(f, 0);
}

struct fake *fake_new(const struct pst_layout *l, size_t size)
{
	struct fake *f = pst_calloc(1, sizeof *f);

	f->target.ops = &fake_ops;
	f->target.pid = 4711;
	f->l = l;
	f->size = size;
	f->mem = pst_calloc(1, size);
	f->py = pst_calloc(1, sizeof *f->py);
	f->py->target = &f->target;
	pst_look_init(&f->py->look, &f->target);
	pst_use_layout(f->py, l);
	f->code_type = fake_type(f, "code", 0);
	f->str_type = fake_type(f, "str",
				has_bytes_names(f) ? PST_TPFLAGS_BYTES_SUBCLASS
						   : PST_TPFLAGS_UNICODE_SUBCLASS);
	fake_runtime(f);
	if (l->owner_cstack >= 0 || l->owner_interpreter >= 0)
		f->shim = fake_shim(f, 0);
	return f;
}

void fake_free(struct fake *f)
{
	pst_python_close(f->py);
	free(f->mem);
	free(f);
}

void fake_called_from(struct fake *f, uint64_t frame)
{
	const struct pst_layout *l = f->l;
	uint64_t cframe, outer;

	if (l->cframe_current_frame < 0)
		return;
	memcpy(&cframe, f->mem + (f->tstate - FAKE_BASE) + l->tstate_cframe, sizeof cframe);
	outer = fake_alloc(f, 64);
	fake_u64(f, outer, l->cframe_current_frame, frame);
	fake_u64(f, cframe, l->cframe_current_frame + 8, outer);
}
