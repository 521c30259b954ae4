// SPDX-License-Identifier: MIT
#include "config.h"

#include "interp/printer.h"

#include <string.h>

/* The str at ADDR, or "?". */
static void put_text(struct pr *p, uint64_t addr)
{
	if (!addr || !pr_text(p, addr))
		pr_puts(p, "?");
}

/* The first of two fields that this version has. */
static uint64_t either(struct pr *p, uint64_t addr, int32_t first, int32_t second)
{
	uint64_t word = pst_object_ptr(&p->o, addr, first);

	return word ? word : pst_object_ptr(&p->o, addr, second);
}

/* True when CLS or a base is the class NAME that module "enum" made. */
static bool derives_from_flag(struct pr *p, const struct pst_class *cls)
{
	struct pst_class c = *cls;

	for (int i = 0; i < PST_TYPE_CHAIN_MAX && c.python; i++) {
		if (strcmp(c.name, "Flag") == 0)
			return true;
		if (!pst_class_load(&p->o, c.base, &c))
			break;
	}
	return false;
}

/* V is a class; its own class is a metaclass. */
void pr_type(struct pr *p, const struct pr_value *v)
{
	struct pr_class cls;

	if (!pr_classify(p, v->addr, &cls)) {
		pr_puts(p, "?");
		return;
	}
	if (cls.is_enum) {
		pr_puts(p,
			pr_since(p, 3, 11) && derives_from_flag(p, &cls.c) ? "<flag '" : "<enum '");
		pr_short_name(p, &cls);
	} else {
		/* 2.x calls static types so */
		pr_puts(p, p->o.version->major < 3 && !cls.c.heap ? "<type '" : "<class '");
		pr_full_name(p, &cls);
	}
	pr_puts(p, "'>");
}

/* 2.x (Include/classobject.h): "<class __main__.Old>". */
void pr_classic_class(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t dict = pst_object_ptr(&p->o, v->addr, l->class_cl_dict);

	pr_puts(p, "<class ");
	if (pr_text(p, pst_dict_get(&p->o, dict, "__module__")))
		pr_puts(p, ".");
	put_text(p, pst_object_ptr(&p->o, v->addr, l->class_cl_name));
	pr_puts(p, ">");
}

void pr_function(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, "<function ");
	put_text(p, either(p, v->addr, p->o.layout->func_qualname, p->o.layout->func_name));
	pr_puts(p, ">");
}

/* The C string that a PyMethodDef names its function with. */
static void put_method_name(struct pr *p, uint64_t def)
{
	uint64_t at = pst_object_ptr(&p->o, def, p->o.layout->methoddef_ml_name);
	char name[80] = "";

	for (size_t i = 0; at && i < sizeof name - 1; i++) {
		if (!pst_object_bytes(&p->o, at + i, &name[i], 1) || !name[i])
			break;
	}
	pr_puts(p, *name ? name : "?");
}

void pr_builtin(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t self = pst_object_ptr(&p->o, v->addr, l->cfunc_m_self);
	uint64_t type = self ? pst_object_type(&p->o, self) : 0;
	struct pr_class cls;
	bool bound = type && !pst_type_is(&p->o, type, "module") && pr_classify(p, type, &cls);

	pr_puts(p, bound ? "<built-in method " : "<built-in function ");
	put_method_name(p, pst_object_ptr(&p->o, v->addr, l->cfunc_m_ml));
	if (bound) {
		pr_puts(p, " of ");
		pr_puts(p, cls.c.name); /* tp_name, as CPython */
		pr_puts(p, " object");
	}
	pr_puts(p, ">");
}

/* "<bound method Class.name of self>"; 2.x has unbound ones too. */
void pr_method(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t func = pst_object_ptr(&p->o, v->addr, l->method_im_func);
	uint64_t self = pst_object_ptr(&p->o, v->addr, l->method_im_self);
	char name[24] = "";

	pst_type_name(&p->o, pst_object_type(&p->o, func), name, sizeof name);
	pr_puts(p, self ? "<bound method " : "<unbound method ");
	if (strcmp(name, "function") != 0) {
		pr_puts(p, "?");
	} else {
		struct pr_class cls;

		/* without qualified names: that of the object's class */
		if (l->func_qualname == PST_ABSENT && self &&
		    pr_classify(p, pst_object_type(&p->o, self), &cls)) {
			pr_qualname(p, &cls);
			pr_puts(p, ".");
		}
		put_text(p, either(p, func, l->func_qualname, l->func_name));
	}
	if (self) {
		pr_puts(p, " of ");
		if (pr_enter(p, v->addr, "...")) {
			pr_object(p, self);
			pr_leave(p);
		}
	}
	pr_puts(p, ">");
}

void pr_module(struct pr *p, const struct pr_value *v)
{
	uint64_t dict = pst_object_ptr(&p->o, v->addr, p->o.layout->module_md_dict);
	uint64_t name = dict ? pst_dict_get(&p->o, dict, "__name__") : 0;

	if (!name)
		name = pst_object_ptr(&p->o, v->addr, p->o.layout->module_md_name);
	pr_puts(p, "<module '");
	put_text(p, name);
	pr_puts(p, "'>");
}

void pr_generator(struct pr *p, const struct pr_value *v)
{
	const struct pst_layout *l = p->o.layout;
	uint64_t name = either(p, v->addr, l->gen_gi_qualname, l->gen_gi_name);

	if (!name) /* before 3.5 */
		name = pst_object_ptr(&p->o, pst_object_ptr(&p->o, v->addr, l->gen_gi_code),
				      l->code_name);
	pr_puts(p, "<");
	pr_puts(p, v->cls.c.name);
	pr_puts(p, " ");
	put_text(p, name);
	pr_puts(p, ">");
}

/* Objects/descrobject.c */
void pr_descriptor(struct pr *p, const struct pr_value *v)
{
	const char *name = v->cls.c.name;
	uint64_t type = pst_object_ptr(&p->o, v->addr, p->o.layout->descr_d_type);
	bool slot = strcmp(name, "wrapper_descriptor") == 0;
	char owner[80] = "";

	pst_type_name(&p->o, type, owner, sizeof owner);
	pr_puts(p, slot				       ? "<slot wrapper '"
		   : strstr(name, "method")	       ? "<method '"
		   : strcmp(name, "member_descriptor") ? "<attribute '"
						       : "<member '");
	put_text(p, pst_object_ptr(&p->o, v->addr, p->o.layout->descr_d_name));
	pr_puts(p, "'");
	/* 3.15 leaves out what all objects have */
	if (!pr_since(p, 3, 15) || strcmp(owner, "object") != 0) {
		pr_puts(p, " of '");
		pr_puts(p, *owner ? owner : "?");
		pr_puts(p, "' objects");
	}
	pr_puts(p, ">");
}

struct keywords {
	struct pr *p;
	size_t n;
};

static bool put_keyword(void *ctx, uint64_t name, uint64_t value)
{
	struct keywords *s = ctx;

	return pr_keyword(s->p, &s->n, name, value);
}

/* The function, the tuple and the dict follow the head (Modules/_functoolsmodule.c). */
void pr_partial(struct pr *p, const struct pr_value *v)
{
	int32_t head = p->o.layout->object_size;
	uint64_t args = pst_object_ptr(&p->o, v->addr, head + 8);
	uint64_t kwargs = pst_object_ptr(&p->o, v->addr, head + 16);
	struct keywords s = {.p = p};
	struct pst_items items = {0};

	pr_full_name(p, &v->cls);
	if (!pr_enter(p, v->addr, "(...)"))
		return;
	pr_puts(p, "(");
	pr_object(p, pst_object_ptr(&p->o, v->addr, head));
	if (pst_type_is(&p->o, pst_object_type(&p->o, args), "tuple") &&
	    pst_items_tuple(&p->o, args, &items) && items.len) {
		pr_puts(p, ", ");
		pr_items(p, &items);
	}
	s.n = 1;
	if (pst_type_is(&p->o, pst_object_type(&p->o, kwargs), "dict"))
		pst_dict_each(&p->o, kwargs, (size_t)p->limits->items + 1, put_keyword, &s);
	pr_puts(p, ")");
	pr_leave(p);
}

void pr_code(struct pr *p, const struct pr_value *v)
{
	pr_puts(p, "<code object ");
	put_text(p, either(p, v->addr, p->o.layout->code_name, PST_ABSENT));
	pr_puts(p, ">");
}
