// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <string.h>

static void pr_none(struct pr *p, const struct pr_value *v)
{
	(void)v;
	pr_puts(p, "None");
}

static void pr_ellipsis(struct pr *p, const struct pr_value *v)
{
	(void)v;
	pr_puts(p, "Ellipsis");
}

static void pr_not_implemented(struct pr *p, const struct pr_value *v)
{
	(void)v;
	pr_puts(p, "NotImplemented");
}

/* Names are tp_name as the source of the type has it; those with a module are class statements. */
static const struct pr_kind kinds[] = {
	{"NoneType", pr_none, PR_EXACT, NULL},
	{"ellipsis", pr_ellipsis, PR_EXACT, NULL},
	{"NotImplementedType", pr_not_implemented, PR_EXACT, NULL},
	{"bool", pr_bool, PR_EXACT, NULL},
	{"int", pr_int, 0, NULL},
	{"long", pr_long, 0, NULL},
	{"float", pr_float, 0, NULL},
	{"complex", pr_complex, 0, NULL},
	{"str", pr_str, 0, NULL},
	{"unicode", pr_str, 0, NULL},
	{"bytes", pr_bytes, 0, NULL},
	{"bytearray", pr_bytearray, PR_OWN, NULL},
	{"list", pr_list, 0, NULL},
	{"tuple", pr_tuple, PR_OWN, NULL},
	{"dict", pr_dict, 0, NULL},
	{"frozendict", pr_frozendict, PR_OWN, NULL},
	{"set", pr_set, PR_OWN, NULL},
	{"frozenset", pr_frozenset, PR_OWN, NULL},
	{"range", pr_range, PR_EXACT, NULL},
	{"xrange", pr_xrange, PR_EXACT, NULL},
	{"slice", pr_slice, PR_EXACT, NULL},
	{"dict_keys", pr_dict_view, PR_EXACT, NULL},
	{"dict_values", pr_dict_view, PR_EXACT, NULL},
	{"dict_items", pr_dict_view, PR_EXACT, NULL},
	{"mappingproxy", pr_mapping_proxy, PR_EXACT, NULL},
	{"type", pr_type, PR_OWN, NULL},
	{"classobj", pr_classic_class, PR_EXACT, NULL},
	{"function", pr_function, PR_EXACT, NULL},
	{"builtin_function_or_method", pr_builtin, PR_EXACT, NULL},
	{"method", pr_method, PR_EXACT, NULL},
	{"instancemethod", pr_method, PR_EXACT, NULL},
	{"module", pr_module, PR_OWN, NULL},
	{"generator", pr_generator, PR_EXACT, NULL},
	{"coroutine", pr_generator, PR_EXACT, NULL},
	{"async_generator", pr_generator, PR_EXACT, NULL},
	{"method_descriptor", pr_descriptor, PR_EXACT, NULL},
	{"classmethod_descriptor", pr_descriptor, PR_EXACT, NULL},
	{"wrapper_descriptor", pr_descriptor, PR_EXACT, NULL},
	{"member_descriptor", pr_descriptor, PR_EXACT, NULL},
	{"getset_descriptor", pr_descriptor, PR_EXACT, NULL},
	{"code", pr_code, PR_EXACT, NULL},
	{"BaseException", pr_exception, PR_OWN, NULL},
	{"exceptions.BaseException", pr_exception, PR_OWN, NULL},
	{"functools.partial", pr_partial, PR_OWN, NULL},
	{"re.Pattern", pr_pattern, PR_EXACT, NULL},
	{"_sre.SRE_Pattern", pr_pattern, PR_EXACT, NULL},
	{"types.SimpleNamespace", pr_namespace, PR_OWN, NULL},
	{"collections.deque", pr_deque, PR_OWN, NULL},
	{"collections.defaultdict", pr_defaultdict, PR_OWN, NULL},
	{"collections.OrderedDict", pr_odict, PR_OWN, NULL},
	{"OrderedDict", pr_odict_python, PR_OWN, "collections"},
	{"Counter", pr_counter, PR_OWN, "collections"},
	{"datetime.date", pr_date, PR_OWN, NULL},
	{"datetime.time", pr_time, PR_OWN, NULL},
	{"datetime.datetime", pr_datetime, PR_OWN, NULL},
	{"datetime.timedelta", pr_delta, PR_OWN, NULL},
	{"datetime.timezone", pr_timezone, PR_EXACT, NULL},
	{"decimal.Decimal", pr_decimal, PR_OWN, NULL},
	{"Decimal", pr_decimal_python, PR_OWN, "decimal"},
	{"Fraction", pr_fraction, PR_OWN, "fractions"},
	{"UUID", pr_uuid, PR_OWN, "uuid"},
	{"PurePath", pr_path, PR_OWN, "pathlib"},
	{"PurePath", pr_path, PR_OWN, "pathlib._local"}, /* 3.13 */
	{"numpy.bool", pr_numpy_scalar, PR_EXACT, NULL},
	{"numpy.bool_", pr_numpy_scalar, PR_EXACT, NULL},
	{"numpy.number", pr_numpy_scalar, PR_OWN, NULL},
	{"numpy.float64", pr_numpy_scalar, PR_EXACT, NULL}, /* a float as well */
	{"numpy.complex128", pr_numpy_scalar, PR_EXACT, NULL},
	{"numpy.int64", pr_numpy_scalar, PR_EXACT, NULL}, /* 2.x: an int as well */
	{"numpy.str_", pr_str, PR_EXACT, NULL},
	{"numpy.bytes_", pr_bytes, PR_EXACT, NULL},
	{"numpy.ndarray", pr_numpy_array, PR_OWN, NULL},
	{"numpy.dtype", pr_numpy_dtype, PR_OWN, NULL},
};

const struct pr_kind *pr_kind_find(struct pr *p, const struct pst_class *cls)
{
	struct pst_buf module = {0};
	const struct pr_kind *found = NULL;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !found; i++) {
		const struct pr_kind *kind = &kinds[i];

		/* a user's class that is called "int" is none */
		if (cls->python != (kind->module != NULL) || strcmp(cls->name, kind->name) != 0)
			continue;
		if (kind->module) {
			pst_buf_clear(&module);
			pst_class_module(&p->o, cls, &module);
		}
		if (!kind->module || strcmp(pst_buf_text(&module), kind->module) == 0)
			found = kind;
	}
	pst_buf_free(&module);
	return found;
}
