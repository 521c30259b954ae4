include tests/unit/local.mk
include tests/fuzz/local.mk

# Tests without an extension speak TAP: each of their lines counts.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh --ignore-exit
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap

# About the tree and the papers, rather than the code.
TREE_TESTS = \
	tools/check-layers \
	%D%/gettext \
	%D%/man \
	%D%/options \
	%D%/ring-protocol \
	%D%/rules-bite \
	%D%/shell \
	%D%/workload
dist_check_SCRIPTS += $(TREE_TESTS)
TESTS += $(TREE_TESTS)
EXTRA_DIST += %D%/tap %D%/spin/ring.pml

# The interpreters of the end-to-end tests.
EXTRA_DIST += %D%/interpreters %D%/matrix/__init__.py %D%/matrix/apt.py %D%/matrix/build.py \
	%D%/matrix/chroot.py %D%/matrix/common.py %D%/matrix/install.py %D%/matrix/probe.py \
	%D%/matrix/recipes.py docs/TESTING-interpreters.md

# Folders are shipped whole; what Python left in them is not.
EXTRA_DIST += %D%/e2e %D%/recordings %D%/victims
dist-hook:
	find $(distdir)/tests -name __pycache__ -prune -exec rm -rf {} +
