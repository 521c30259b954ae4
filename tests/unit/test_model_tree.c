// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "records.h"

#include "model/model.h"

static void to_model(void *to, const struct pst_rec *rec)
{
	pst_model_ingest(to, rec);
}

static void test_totals(void **state)
{
	const struct pst_tree_options opt = {.idle = false};
	struct pst_model *m = pst_model_new();
	const struct sink s = {m, to_model};
	struct pst_tree tree = {0};

	(void)state;
	send_tree(&s);
	for (int i = 0; i < 3; i++)
		send_one(&s, 3, 0);
	send_one(&s, 1, 0);
	send_one(&s, 2, PST_SAMPLE_IDLE);
	pst_model_tree(m, &opt, &tree);
	assert_int_equal(tree.len, 3);
	const uint64_t own[] = {1, 0, 3}, total[] = {4, 3, 3};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(tree.at[i].own, own[i]);
		assert_int_equal(tree.at[i].total, total[i]);
		assert_int_equal(tree.at[i].depth, i + 1);
	}
	pst_model_reset(m);
	pst_model_tree(m, &opt, &tree);
	assert_int_equal(tree.len, 0);
	pst_tree_free(&tree);
	pst_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
