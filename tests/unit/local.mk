# C unit tests (cmocka), one program per file; each links only its folder's row of src/LAYERS, so
# that a call up the layers does not link.  A new test: one line in UNIT_TESTS and one _LDADD.
UNIT_BASE = libbase.a $(CMOCKA_LIBS) $(UTF8PROC_LIBS) $(LIBINTL)
UNIT_PLAT = libplat.a $(UNIT_BASE)
UNIT_TARGET = libtarget.a libplat.a $(UNIT_BASE) $(LIBDW_LIBS) $(LIBELF_LIBS) $(LIBLZMA_LIBS)
UNIT_INTERP = libinterp.a $(UNIT_TARGET)
UNIT_RING = libring.a $(UNIT_BASE)
UNIT_FILE = libfile.a $(UNIT_RING) $(ZSTD_LIBS)
UNIT_SAMPLER = libsampler.a libring.a $(UNIT_INTERP)
UNIT_MODEL = libmodel.a libring.a $(UNIT_BASE)
UNIT_UI = libui.a libmodel.a libring.a $(UNIT_PLAT) $(NCURSESW_LIBS) $(PCRE2_LIBS)

UNIT_TESTS = \
	%D%/test_app_files \
	%D%/test_base_alloc \
	%D%/test_base_buf \
	%D%/test_base_color \
	%D%/test_base_err \
	%D%/test_base_log \
	%D%/test_base_text \
	%D%/test_base_vec \
	%D%/test_export_formats \
	%D%/test_export_fuzz \
	%D%/test_export_model \
	%D%/test_export_raw \
	%D%/test_interp_guess \
	%D%/test_export_runs \
	%D%/test_file \
	%D%/test_interp_lines \
	%D%/test_interp_look \
	%D%/test_interp_threads \
	%D%/test_interp_trail \
	%D%/test_interp_walk \
	%D%/test_interp_between \
	%D%/test_layout \
	%D%/test_interp_value \
	%D%/test_model \
	%D%/test_model_calls \
	%D%/test_model_tree \
	%D%/test_model_fuzz \
	%D%/test_model_history \
	%D%/test_model_places \
	%D%/test_model_query \
	%D%/test_model_threads \
	%D%/test_ring \
	%D%/test_ring_orders \
	%D%/test_ring_record \
	%D%/test_ring_threads \
	%D%/test_plat_signals \
	%D%/test_sampler_budget \
	%D%/test_sampler_clock \
	%D%/test_sampler_ids \
	%D%/test_sampler_live \
	%D%/test_sampler_pauses \
	%D%/test_ui_agree \
	%D%/test_sampler_usage \
	%D%/test_ui_canvas \
	%D%/test_ui_find \
	%D%/test_ui_calltree \
	%D%/test_ui_flame \
	%D%/test_ui_flame_events \
	%D%/test_ui_icicle \
	%D%/test_ui_format \
	%D%/test_ui_fuzz \
	%D%/test_ui_keys \
	%D%/test_ui_line \
	%D%/test_ui_parts \
	%D%/test_ui_prefs \
	%D%/test_ui_picker \
	%D%/test_ui_screen \
	%D%/test_ui_screens \
	%D%/test_ui_stack \
	%D%/test_ui_threads

tests_unit_test_app_files_SOURCES = %D%/test_app_files.c src/app/edit.c src/app/outfile.c src/app/userconfig.c
tests_unit_test_app_files_LDADD = $(UNIT_PLAT)
tests_unit_test_base_alloc_LDADD = $(UNIT_BASE)
tests_unit_test_base_buf_LDADD = $(UNIT_BASE)
tests_unit_test_base_color_LDADD = $(UNIT_BASE) -lm
tests_unit_test_base_err_LDADD = $(UNIT_BASE)
tests_unit_test_base_log_LDADD = $(UNIT_BASE)
tests_unit_test_base_text_LDADD = $(UNIT_BASE)
tests_unit_test_base_vec_LDADD = $(UNIT_BASE)

tests_unit_test_interp_value_LDADD = $(UNIT_INTERP)
tests_unit_test_plat_beat_LDADD = $(UNIT_PLAT)
tests_unit_test_plat_container_LDADD = $(UNIT_PLAT)
tests_unit_test_plat_memory_LDADD = $(UNIT_PLAT)
tests_unit_test_plat_pause_LDADD = $(UNIT_PLAT)
tests_unit_test_plat_process_LDADD = $(UNIT_PLAT)
tests_unit_test_plat_spawn_LDADD = $(UNIT_PLAT)
tests_unit_test_target_elf_LDADD = $(UNIT_TARGET)
tests_unit_test_target_image_LDADD = $(UNIT_TARGET)
tests_unit_test_target_recorded_LDADD = $(UNIT_TARGET)

tests_unit_test_app_export_SOURCES = %D%/test_app_export.c %D%/records.h src/app/session_export.c \
	src/app/die.c src/app/options_table.c src/app/outfile.c src/app/outputs.c
tests_unit_test_app_export_LDADD = $(UNIT_EXPORT) libplat.a libbase.a $(UTF8PROC_LIBS) $(LIBINTL)
tests_unit_test_app_sieve_SOURCES = %D%/test_app_sieve.c %D%/records.h src/app/sieve.c
tests_unit_test_app_sieve_LDADD = $(UNIT_UI)
tests_unit_test_app_source_SOURCES = %D%/test_app_source.c src/app/session_inspect.c src/app/source.c
tests_unit_test_app_source_LDADD = libmodel.a $(UNIT_SAMPLER)
tests_unit_test_export_raw_SOURCES = %D%/test_export_raw.c %D%/records.h
UNIT_EXPORT = libexport.a $(UNIT_MODEL) $(EXPORT_LIBS)
tests_unit_test_export_raw_LDADD = $(UNIT_EXPORT)
tests_unit_test_export_formats_SOURCES = %D%/test_export_formats.c %D%/records.h
tests_unit_test_export_formats_LDADD = $(UNIT_EXPORT)
tests_unit_test_export_model_SOURCES = %D%/test_export_model.c %D%/records.h
tests_unit_test_export_model_LDADD = $(UNIT_EXPORT)
tests_unit_test_export_fuzz_SOURCES = %D%/test_export_fuzz.c %D%/records.h
tests_unit_test_export_fuzz_LDADD = $(UNIT_EXPORT)
tests_unit_test_export_runs_LDADD = $(UNIT_EXPORT)
tests_unit_test_model_tree_SOURCES = %D%/test_model_tree.c %D%/records.h
tests_unit_test_model_tree_LDADD = $(UNIT_MODEL)
tests_unit_test_file_SOURCES = %D%/test_file.c %D%/records.h
tests_unit_test_file_LDADD = $(UNIT_FILE)
tests_unit_test_model_LDADD = $(UNIT_MODEL)
tests_unit_test_model_fuzz_LDADD = $(UNIT_MODEL)
tests_unit_test_model_calls_SOURCES = %D%/test_model_calls.c %D%/model_world.c \
	%D%/model_world.h
tests_unit_test_model_calls_LDADD = $(UNIT_MODEL)
tests_unit_test_model_history_SOURCES = %D%/test_model_history.c %D%/model_world.c \
	%D%/model_world.h
tests_unit_test_model_history_LDADD = $(UNIT_MODEL)
tests_unit_test_model_query_SOURCES = %D%/test_model_query.c %D%/model_world.c \
	%D%/model_world.h
tests_unit_test_model_query_LDADD = $(UNIT_MODEL)
tests_unit_test_model_threads_SOURCES = %D%/test_model_threads.c %D%/model_world.c \
	%D%/model_world.h
tests_unit_test_model_threads_LDADD = $(UNIT_MODEL)
tests_unit_test_model_places_LDADD = $(UNIT_MODEL)
tests_unit_test_interp_guess_LDADD = $(UNIT_INTERP)
tests_unit_test_interp_lines_SOURCES = %D%/test_interp_lines.c %D%/lines_data.h
tests_unit_test_interp_lines_LDADD = $(UNIT_INTERP)
tests_unit_test_interp_look_LDADD = $(UNIT_INTERP)
tests_unit_test_interp_threads_SOURCES = %D%/test_interp_threads.c %D%/interp_fixture.c \
	%D%/interp_fixture.h
tests_unit_test_interp_threads_LDADD = $(UNIT_INTERP)
tests_unit_test_interp_between_SOURCES = %D%/test_interp_between.c %D%/interp_fixture.c \
	%D%/interp_fixture.h
tests_unit_test_interp_between_LDADD = $(UNIT_INTERP)

tests_unit_test_interp_trail_SOURCES = %D%/test_interp_trail.c %D%/interp_fixture.c \
	%D%/interp_fixture.h
tests_unit_test_interp_trail_LDADD = $(UNIT_INTERP)
tests_unit_test_interp_walk_SOURCES = %D%/test_interp_walk.c %D%/interp_fixture.c \
	%D%/interp_fixture.h
tests_unit_test_interp_walk_LDADD = $(UNIT_INTERP)

tests_unit_test_layout_SOURCES = %D%/test_layout.c %D%/debug_offsets.h
tests_unit_test_layout_LDADD = $(UNIT_INTERP)

tests_unit_test_ring_SOURCES = %D%/test_ring.c %D%/ring_records.h
tests_unit_test_ring_LDADD = $(UNIT_RING)
tests_unit_test_ring_record_LDADD = $(UNIT_RING)
# These two have the ring's code in themselves, with something between its steps.
tests_unit_test_ring_orders_SOURCES = %D%/test_ring_orders.c %D%/ring_records.h
tests_unit_test_ring_orders_LDADD = $(UNIT_BASE)
tests_unit_test_ring_threads_SOURCES = %D%/test_ring_threads.c %D%/ring_records.h
tests_unit_test_ring_threads_LDADD = $(UNIT_BASE)
tests_unit_test_sampler_budget_LDADD = $(UNIT_SAMPLER)
tests_unit_test_sampler_clock_LDADD = $(UNIT_SAMPLER)
tests_unit_test_sampler_ids_LDADD = $(UNIT_SAMPLER)
tests_unit_test_sampler_live_LDADD = libmodel.a $(UNIT_SAMPLER)
tests_unit_test_sampler_pauses_LDADD = $(UNIT_SAMPLER)
tests_unit_test_sampler_usage_LDADD = $(UNIT_SAMPLER)

tests_unit_test_plat_signals_LDADD = $(UNIT_PLAT)
tests_unit_test_ui_agree_SOURCES = %D%/test_ui_agree.c %D%/screen_fixture.c %D%/screen_fixture.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_agree_LDADD = $(UNIT_UI)
tests_unit_test_ui_fuzz_SOURCES = %D%/test_ui_fuzz.c %D%/screen_fixture.c %D%/screen_fixture.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_fuzz_LDADD = $(UNIT_UI)
tests_unit_test_ui_parts_SOURCES = %D%/test_ui_parts.c %D%/screen_fixture.c %D%/screen_fixture.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_parts_LDADD = $(UNIT_UI)
tests_unit_test_ui_canvas_LDADD = $(UNIT_UI)
tests_unit_test_ui_find_LDADD = $(UNIT_UI)
tests_unit_test_ui_calltree_SOURCES = %D%/test_ui_calltree.c %D%/calls_hand.h
tests_unit_test_ui_calltree_LDADD = $(UNIT_UI)
tests_unit_test_ui_icicle_SOURCES = %D%/test_ui_icicle.c %D%/calls_hand.h
tests_unit_test_ui_icicle_LDADD = $(UNIT_UI)
tests_unit_test_ui_flame_SOURCES = %D%/test_ui_flame.c %D%/golden.c %D%/golden.h %D%/tree_fixture.c \
	%D%/tree_fixture.h %D%/two_panes.c %D%/two_panes.h %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_flame_LDADD = $(UNIT_UI)
tests_unit_test_ui_flame_events_SOURCES = %D%/test_ui_flame_events.c %D%/tree_fixture.c \
	%D%/tree_fixture.h %D%/two_panes.c %D%/two_panes.h %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_flame_events_LDADD = $(UNIT_UI)
tests_unit_test_ui_format_LDADD = $(UNIT_UI)
tests_unit_test_ui_keys_LDADD = $(UNIT_UI)
tests_unit_test_ui_line_LDADD = $(UNIT_UI)
tests_unit_test_ui_prefs_SOURCES = %D%/test_ui_prefs.c %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_prefs_LDADD = $(UNIT_UI)
tests_unit_test_ui_screen_SOURCES = %D%/test_ui_screen.c %D%/screen_fixture.c %D%/screen_fixture.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_screen_LDADD = $(UNIT_UI)
tests_unit_test_ui_picker_SOURCES = %D%/test_ui_picker.c %D%/golden.c %D%/golden.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_picker_LDADD = $(UNIT_UI)
tests_unit_test_ui_screens_SOURCES = %D%/test_ui_screens.c %D%/golden.c %D%/golden.h \
	%D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_screens_LDADD = $(UNIT_UI)
tests_unit_test_ui_stack_SOURCES = %D%/test_ui_stack.c %D%/pane_fixture.c %D%/pane_fixture.h \
	%D%/golden.c %D%/golden.h %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_stack_LDADD = $(UNIT_UI)
tests_unit_test_ui_threads_SOURCES = %D%/test_ui_threads.c %D%/pane_fixture.c %D%/pane_fixture.h \
	%D%/golden.c %D%/golden.h %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_test_ui_threads_LDADD = $(UNIT_UI)

# Golden screens: PST_SCREENS_WRITE=1 tests/unit/test_ui_screens writes them anew; look at them then.
EXTRA_DIST += \
	tests/screens/alone-200x60.txt \
	tests/screens/alone-300x100.txt \
	tests/screens/ascii-80x24.txt \
	tests/screens/picker-200x60.txt \
	tests/screens/picker-20x5.txt \
	tests/screens/picker-40x12.txt \
	tests/screens/picker-80x24.txt \
	tests/screens/picker-filter-80x24.txt \
	tests/screens/picker-first-80x24.txt \
	tests/screens/picker-needs-80x24.txt \
	tests/screens/picker-no-match-80x24.txt \
	tests/screens/picker-none-80x24.txt \
	tests/screens/picker-refused-40x12.txt \
	tests/screens/picker-refused-80x24.txt \
	tests/screens/picker-refused-enter-80x24.txt \
	tests/screens/bounded-40x12.txt \
	tests/screens/bounded-80x24.txt \
	tests/screens/by-name-80x24.txt \
	tests/screens/by-total-reversed-80x24.txt \
	tests/screens/coscheduled-80x24.txt \
	tests/screens/cut-80x24.txt \
	tests/screens/difference-80x24.txt \
	tests/screens/empty-80x24.txt \
	tests/screens/ended-20x5.txt \
	tests/screens/ended-80x24.txt \
	tests/screens/files-80x24.txt \
	tests/screens/filter-none-80x24.txt \
	tests/screens/filter-wrong-80x24.txt \
	tests/screens/filtered-40x12.txt \
	tests/screens/filtered-80x24.txt \
	tests/screens/gil-only-80x24.txt \
	tests/screens/held-80x24.txt \
	tests/screens/help-200x60.txt \
	tests/screens/help-20x5.txt \
	tests/screens/help-40x12.txt \
	tests/screens/help-80x24.txt \
	tests/screens/help-end-80x24.txt \
	tests/screens/help-left-80x24.txt \
	tests/screens/help-of-flame-80x24.txt \
	tests/screens/idle-normalised-80x24.txt \
	tests/screens/last-row-80x24.txt \
	tests/screens/lines-20x5.txt \
	tests/screens/lines-80x24.txt \
	tests/screens/loaded-40x12.txt \
	tests/screens/loaded-80x24.txt \
	tests/screens/menu-20x5.txt \
	tests/screens/menu-40x12.txt \
	tests/screens/menu-80x24.txt \
	tests/screens/messages-200x60.txt \
	tests/screens/messages-40x12.txt \
	tests/screens/messages-80x24.txt \
	tests/screens/modules-80x24.txt \
	tests/screens/otherwise-80x24.txt \
	tests/screens/paused-80x24.txt \
	tests/screens/replace-80x24.txt \
	tests/screens/save-40x12.txt \
	tests/screens/save-80x24.txt \
	tests/screens/scrolled-40x12.txt \
	tests/screens/searched-40x12.txt \
	tests/screens/searched-80x24.txt \
	tests/screens/searching-80x24.txt \
	tests/screens/setup-200x60.txt \
	tests/screens/setup-40x12.txt \
	tests/screens/setup-80x24.txt \
	tests/screens/setup-keys-80x24.txt \
	tests/screens/span-40x12.txt \
	tests/screens/span-80x24.txt \
	tests/screens/stack-20x5.txt \
	tests/screens/stack-20x5-source.txt \
	tests/screens/stack-20x5-values.txt \
	tests/screens/stack-200x60.txt \
	tests/screens/stack-40x12.txt \
	tests/screens/stack-80x24.txt \
	tests/screens/stack-frozen-80x24.txt \
	tests/screens/stack-nested-200x60.txt \
	tests/screens/stack-nested-40x12.txt \
	tests/screens/stack-nested-80x24.txt \
	tests/screens/stack-recording-80x24.txt \
	tests/screens/stack-scrolled-80x24.txt \
	tests/screens/stack-searched-80x24.txt \
	tests/screens/stack-source-80x24.txt \
	tests/screens/stack-wrapped-80x24.txt \
	tests/screens/threads-200x60.txt \
	tests/screens/threads-20x5.txt \
	tests/screens/threads-40x12.txt \
	tests/screens/threads-80x24.txt \
	tests/screens/threads-by-name-80x24.txt \
	tests/screens/threads-searched-80x24.txt \
	tests/screens/threads-tagged-80x24.txt \
	tests/screens/threads-tree-200x60.txt \
	tests/screens/threads-tree-40x12.txt \
	tests/screens/threads-tree-80x24.txt \
	tests/screens/threads-tree-closed-80x24.txt \
	tests/screens/title-40x12.txt \
	tests/screens/title-80x24.txt \
	tests/screens/too-small-19x5.txt \
	tests/screens/too-small-20x4.txt \
	tests/screens/top-200x60.txt \
	tests/screens/top-20x5.txt \
	tests/screens/top-40x12.txt \
	tests/screens/top-60x16.txt \
	tests/screens/top-80x24.txt \
	tests/screens/trends-40x12.txt \
	tests/screens/trends-80x24.txt \
	tests/screens/unknown-key-80x24.txt \
	tests/screens/unproved-80x24.txt \
	tests/screens/window-80x24.txt \
	tests/screens/window-all-80x24.txt

# Those of test_ui_flame.
EXTRA_DIST += \
	tests/screens/calls-200x60.txt \
	tests/screens/calls-20x5.txt \
	tests/screens/calls-40x12.txt \
	tests/screens/calls-80x24.txt \
	tests/screens/calls-ascii-80x24.txt \
	tests/screens/calls-back-80x24.txt \
	tests/screens/calls-diff-80x24.txt \
	tests/screens/calls-entered-80x24.txt \
	tests/screens/calls-lines-80x24.txt \
	tests/screens/calls-open-80x24.txt \
	tests/screens/calls-recursive-200x60.txt \
	tests/screens/calls-recursive-80x24.txt \
	tests/screens/calls-search-80x24.txt \
	tests/screens/calls-to-flame-80x24.txt \
	tests/screens/calls-turned-80x24.txt \
	tests/screens/flame-200x60.txt \
	tests/screens/flame-20x5.txt \
	tests/screens/flame-40x12.txt \
	tests/screens/flame-80x24.txt \
	tests/screens/flame-ascii-80x24.txt \
	tests/screens/flame-deep-40x12.txt \
	tests/screens/flame-diff-80x24.txt \
	tests/screens/flame-diff-mono-80x24.txt \
	tests/screens/flame-flipped-80x24.txt \
	tests/screens/flame-inverted-80x24.txt \
	tests/screens/flame-lines-80x24.txt \
	tests/screens/flame-mono-80x24.txt \
	tests/screens/flame-search-80x24.txt \
	tests/screens/flame-thicker-80x24.txt \
	tests/screens/flame-thinner-80x24.txt \
	tests/screens/flame-zoomed-40x12.txt \
	tests/screens/flame-zoomed-80x24.txt

# No test: the screen on a made-up process, to look at.
check_PROGRAMS += tests/unit/ui_demo
tests_unit_ui_demo_SOURCES = %D%/ui_demo.c %D%/ui_fixture.c %D%/ui_fixture.h
tests_unit_ui_demo_LDADD = libui.a libmodel.a libring.a libplat.a libbase.a $(NCURSESW_LIBS) $(PCRE2_LIBS) \
	$(UTF8PROC_LIBS) $(LIBINTL)

# For e2e/test_values.py.
check_PROGRAMS += %D%/repr_tool
tests_unit_repr_tool_LDADD = $(UNIT_INTERP)

# For e2e/test_truth.py and whoever counts false stacks.
check_PROGRAMS += %D%/truth_tool
tests_unit_truth_tool_LDADD = $(UNIT_SAMPLER)

# For e2e/test_recorded.py.
check_PROGRAMS += %D%/parts_tool
tests_unit_parts_tool_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
tests_unit_parts_tool_LDADD = $(UNIT_INTERP) $(JSONC_LIBS)

# For e2e/test_inspect.py.
check_PROGRAMS += %D%/inspect_tool
tests_unit_inspect_tool_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
tests_unit_inspect_tool_LDADD = $(UNIT_SAMPLER) $(JSONC_LIBS)

# These look at processes that they start.
if PLAT_LINUX
UNIT_TESTS += \
	%D%/test_app_export \
	%D%/test_app_sieve \
	%D%/test_app_source \
	%D%/test_plat_beat \
	%D%/test_plat_container \
	%D%/test_plat_memory \
	%D%/test_plat_pause \
	%D%/test_plat_process \
	%D%/test_plat_spawn \
	%D%/test_target_elf \
	%D%/test_target_image \
	%D%/test_target_recorded
endif

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
else
TESTS += tests/unit/no-cmocka
endif
EXTRA_DIST += %D%/unit.h %D%/child.h %D%/forbid.h %D%/victim.h %D%/no-cmocka %D%/lines_collect %D%/lines_dump.py

# Only the C programs: what a build with sanitizers is for.
check-unit:
	$(MAKE) check TESTS="$(UNIT_TESTS) $(FUZZ_TESTS)"

# Those that have to do with threads of ours: what ThreadSanitizer is for.  (It does not bear the forks and
# pauses of the others.)
check-threads:
	$(MAKE) check TESTS="`echo $(UNIT_TESTS) | tr ' ' '\n' | \
		grep -E '/test_(base|ring|model|sampler)' | tr '\n' ' '`"
.PHONY: check-unit check-threads
