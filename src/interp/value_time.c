// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

/* Include/datetime.h: dates and times are packed, big endian. */

static void put_name(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, v->cls.c.name); /* tp_name, as datetime's own repr */
}

static unsigned year_of(const uint8_t *data)
{
	return (unsigned)data[0] << 8 | data[1];
}

/* "h, m[, s[, us]]" of the six bytes from the hour on. */
static void put_clock(struct pr *p, const uint8_t *data)
{
	unsigned us = (unsigned)data[3] << 16 | (unsigned)data[4] << 8 | data[5];

	pr_putf(p, "%u, %u", data[0], data[1]);
	if (us || data[2])
		pr_putf(p, ", %u", data[2]);
	if (us)
		pr_putf(p, ", %u", us);
}

static bool read_data(struct pr *p, const struct pr_value *v, int32_t off, uint8_t *data, size_t n)
{
	return off != PST_ABSENT && pst_object_bytes(&p->o, v->addr + (uint64_t)off, data, n);
}

static void put_fold(struct pr *p, const struct pr_value *v, int32_t off)
{
	uint8_t fold;

	if (read_data(p, v, off, &fold, 1) && fold == 1)
		pr_puts(p, ", fold=1");
}

static void put_zone(struct pr *p, const struct pr_value *v, int32_t off)
{
	uint8_t has;

	if (!read_data(p, v, p->o.layout->time_hastzinfo, &has, 1) || has != 1)
		return;
	pr_puts(p, ", tzinfo=");
	pr_object(p, pst_object_ptr(&p->o, v->addr, off));
}

void pr_date(struct pr *p, const struct pr_value *v)
{
	uint8_t data[4];

	put_name(p, v);
	if (read_data(p, v, p->o.layout->date_data, data, sizeof data))
		pr_putf(p, "(%u, %u, %u)", year_of(data), data[2], data[3]);
	else
		pr_puts(p, "(?)");
}

void pr_time(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint8_t data[6];

	put_name(p, v);
	if (!read_data(p, v, l->time_data, data, sizeof data)) {
		pr_puts(p, "(?)");
		return;
	}
	pr_puts(p, "(");
	put_clock(p, data);
	put_zone(p, v, l->time_tzinfo);
	put_fold(p, v, l->time_fold);
	pr_puts(p, ")");
}

void pr_datetime(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint8_t data[10];

	put_name(p, v);
	if (!read_data(p, v, l->datetime_data, data, sizeof data)) {
		pr_puts(p, "(?)");
		return;
	}
	pr_putf(p, "(%u, %u, %u, ", year_of(data), data[2], data[3]);
	put_clock(p, data + 4);
	put_fold(p, v, l->datetime_fold);
	put_zone(p, v, l->datetime_tzinfo);
	pr_puts(p, ")");
}

/* Before 3.7: (days[, seconds[, microseconds]]). */
static void put_delta_plain(struct pr *p, int32_t days, int32_t seconds, int32_t us)
{
	pr_putf(p, "(%d", days);
	if (seconds || us)
		pr_putf(p, ", %d", seconds);
	if (us)
		pr_putf(p, ", %d", us);
	pr_puts(p, ")");
}

void pr_delta(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	const char *comma = "";
	int32_t part[3];

	put_name(p, v);
	if (!pst_object_i32(&p->o, v->addr, l->delta_days, &part[0]) ||
	    !pst_object_i32(&p->o, v->addr, l->delta_seconds, &part[1]) ||
	    !pst_object_i32(&p->o, v->addr, l->delta_microseconds, &part[2])) {
		pr_puts(p, "(?)");
		return;
	}
	if (!pr_since(p, 3, 7)) {
		put_delta_plain(p, part[0], part[1], part[2]);
		return;
	}
	pr_puts(p, "(");
	for (int i = 0; i < 3; i++) {
		static const char *const name[3] = {"days", "seconds", "microseconds"};

		if (!part[i])
			continue;
		pr_putf(p, "%s%s=%d", comma, name[i], part[i]);
		comma = ", ";
	}
	pr_puts(p, *comma ? ")" : "0)");
}

/* The one without a name and an offset of 0 is timezone.utc. */
void pr_timezone(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t offset = pst_object_ptr(&p->o, v->addr, l->timezone_offset);
	uint64_t name = pst_object_ptr(&p->o, v->addr, l->timezone_name);
	int32_t days = 1, seconds = 1;

	put_name(p, v);
	if (pst_type_is(&p->o, pst_object_type(&p->o, offset), "datetime.timedelta")) {
		pst_object_i32(&p->o, offset, l->delta_days, &days);
		pst_object_i32(&p->o, offset, l->delta_seconds, &seconds);
	}
	if (!name && !days && !seconds) {
		pr_puts(p, ".utc");
		return;
	}
	pr_puts(p, "(");
	pr_object(p, offset);
	if (name) {
		pr_puts(p, ", ");
		pr_object(p, name);
	}
	pr_puts(p, ")");
}
