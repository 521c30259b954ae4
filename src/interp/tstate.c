// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/priv.h"

#include <string.h>

#define TSTATE_HEAD 2048 /* bytes of a PyThreadState that are read at most */

/* Bytes that hold all fields of interest. */
static size_t tstate_head(const struct pst_layout *l)
{
	const int32_t fields[] = {l->tstate_prev,      l->tstate_next,
				  l->tstate_interp,    l->tstate_frame,
				  l->tstate_cframe,    l->tstate_current_frame,
				  l->tstate_thread_id, l->tstate_native_thread_id,
				  l->tstate_status,    l->tstate_state};
	size_t size = 0;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		if (fields[i] >= 0 && (size_t)fields[i] + 8 > size)
			size = (size_t)fields[i] + 8;
	}
	return size < TSTATE_HEAD ? size : TSTATE_HEAD;
}

enum pst_err pst_tstate_read(struct pst_python *py, const struct pst_layout *l, uint64_t addr,
			     struct pst_tstate *out)
{
	uint8_t copy[TSTATE_HEAD];
	const uint8_t *head;

	*out = (struct pst_tstate){.addr = addr};
	if (!pst_plausible(addr))
		return PST_CORRUPT;
	if (!py->tstate_size)
		py->tstate_size = tstate_head(l);

	size_t size = py->tstate_size;

	head = pst_look_peek(&py->look, addr, size);
	if (!head) {
		enum pst_err err = pst_look_read(&py->look, addr, copy, size);

		if (err)
			return err;
		head = copy;
	}
	out->prev = pst_field_u64(head, size, l->tstate_prev);
	out->next = pst_field_u64(head, size, l->tstate_next);
	out->interp = pst_field_u64(head, size, l->tstate_interp);
	out->ident = pst_field_u64(head, size, l->tstate_thread_id);
	out->native = pst_field_u64(head, size, l->tstate_native_thread_id);
	out->cframe = pst_field_u64(head, size, l->tstate_cframe);
	out->frame = pst_field_u64(head, size,
				   l->tstate_current_frame >= 0 ? l->tstate_current_frame
								: l->tstate_frame);
	out->bits = l->tstate_status >= 0;
	out->status = (uint32_t)pst_field_i32(head, size, l->tstate_status);
	out->state = pst_field_i32(head, size, l->tstate_state);
	return PST_OK;
}

uint64_t pst_tstate_frame(struct pst_python *py, const struct pst_tstate *t)
{
	const struct pst_layout *l = &py->layout;
	uint64_t frame;

	/* 3.11, 3.12: one more step, through the C frame of the running evaluation loop */
	if (l->tstate_cframe < 0 || l->cframe_current_frame < 0)
		return t->frame;
	if (!pst_plausible(t->cframe) ||
	    pst_look_ptr(&py->look, t->cframe + (uint64_t)l->cframe_current_frame, &frame))
		return 0;
	return frame;
}

static bool word_again(struct pst_python *py, uint64_t base, int32_t off, uint64_t *out)
{
	const uint8_t *p = pst_plausible(base)
				   ? pst_look_peek_again(&py->look, base + (uint64_t)off, 8)
				   : NULL;

	if (p)
		memcpy(out, p, sizeof *out);
	return p != NULL;
}

bool pst_tstate_frame_again(struct pst_python *py, uint64_t addr, uint64_t *out)
{
	const struct pst_layout *l = &py->layout;
	uint64_t cframe;

	if (l->tstate_cframe >= 0 && l->cframe_current_frame >= 0)
		return word_again(py, addr, l->tstate_cframe, &cframe) &&
		       word_again(py, cframe, l->cframe_current_frame, out);
	return word_again(py, addr,
			  l->tstate_current_frame >= 0 ? l->tstate_current_frame : l->tstate_frame,
			  out);
}
