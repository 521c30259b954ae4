# Generators, and what comes along with the sources but is not built.
EXTRA_DIST += \
	%D%/gen-layouts \
	%D%/layouts/config/pyconfig.h \
	%D%/layouts/fields \
	%D%/layouts/headers.h \
	%D%/layouts/proved \
	%D%/layouts/selfcheck.py \
	%D%/layouts/structs.h
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	.clang-tidy \
	.editorconfig \
	run-demo \
	run-tests \
	src/LAYERS \
	%D%/count-results \
	%D%/embed \
	%D%/demo/workload.py \
	%D%/screenshots \
	%D%/setup.sh

# The table of layouts against the interpreters of this machine; skipped where there are none.
dist_check_SCRIPTS += %D%/check-layouts
TESTS += %D%/check-layouts
