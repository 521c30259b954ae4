# C unit tests (cmocka), one program per file; each links only its folder's row of src/LAYERS, so
# that a call up the layers does not link.  A new test: one line in UNIT_TESTS and one _LDADD.
UNIT_BASE = libbase.a $(CMOCKA_LIBS) $(UTF8PROC_LIBS) $(LIBINTL)
UNIT_PLAT = libplat.a $(UNIT_BASE)
UNIT_TARGET = libtarget.a libplat.a $(UNIT_BASE) $(LIBDW_LIBS) $(LIBELF_LIBS) $(LIBLZMA_LIBS)
UNIT_INTERP = libinterp.a $(UNIT_TARGET)
UNIT_RING = libring.a $(UNIT_BASE)
UNIT_SAMPLER = libsampler.a libring.a $(UNIT_INTERP)
UNIT_MODEL = libmodel.a libring.a $(UNIT_BASE)
UNIT_UI = libui.a $(UNIT_MODEL) $(NCURSESW_LIBS)

UNIT_TESTS = \
	%D%/test_base_alloc \
	%D%/test_base_buf \
	%D%/test_base_err \
	%D%/test_base_log \
	%D%/test_base_text \
	%D%/test_base_vec \
	%D%/test_model \
	%D%/test_model_fuzz \
	%D%/test_ring \
	%D%/test_ring_record

tests_unit_test_base_alloc_LDADD = $(UNIT_BASE)
tests_unit_test_base_buf_LDADD = $(UNIT_BASE)
tests_unit_test_base_err_LDADD = $(UNIT_BASE)
tests_unit_test_base_log_LDADD = $(UNIT_BASE)
tests_unit_test_base_text_LDADD = $(UNIT_BASE)
tests_unit_test_base_vec_LDADD = $(UNIT_BASE)

tests_unit_test_model_LDADD = $(UNIT_MODEL)
tests_unit_test_model_fuzz_LDADD = $(UNIT_MODEL)
tests_unit_test_ring_LDADD = $(UNIT_RING)
tests_unit_test_ring_record_LDADD = $(UNIT_RING)

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
else
TESTS += tests/unit/no-cmocka
endif
EXTRA_DIST += %D%/unit.h %D%/no-cmocka

# Only the C tests: what a build with sanitizers is for.
check-unit:
	$(MAKE) check TESTS="$(UNIT_TESTS)"
.PHONY: check-unit
