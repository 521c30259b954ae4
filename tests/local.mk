include tests/unit/local.mk

# Every test without an extension speaks TAP: each of its lines counts.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh --ignore-exit
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap
EXTRA_DIST += %D%/tap
dist_check_SCRIPTS += tools/check-layers
TESTS += tools/check-layers
