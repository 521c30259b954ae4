include tests/unit/local.mk

# Every test without an extension speaks TAP: each of its lines counts.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh --ignore-exit
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap
EXTRA_DIST += %D%/tap

# The interpreters of the end-to-end tests.
EXTRA_DIST += %D%/interpreters %D%/matrix/__init__.py %D%/matrix/apt.py %D%/matrix/build.py \
	%D%/matrix/chroot.py %D%/matrix/common.py %D%/matrix/install.py %D%/matrix/probe.py \
	%D%/matrix/recipes.py docs/TESTING-interpreters.md
dist_check_SCRIPTS += tools/check-layers
TESTS += tools/check-layers
