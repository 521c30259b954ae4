EXTRA_DIST += \
	%D%/README.md \
	%D%/attach \
	%D%/children \
	%D%/common.py \
	%D%/dump \
	%D%/export \
	%D%/folded.py \
	%D%/legal.py \
	%D%/limit \
	%D%/memory \
	%D%/model \
	%D%/peers \
	%D%/plot.py \
	%D%/recording \
	%D%/scale \
	%D%/scale.svg \
	%D%/scale_victims.py \
	%D%/truth \
	%D%/ui \
	%D%/victims.py \
	%D%/victims_async.py \
	%D%/victims_run.py

# The bare loop of bench/limit; built when that runs, or by make check.
check_PROGRAMS += %D%/limit-loop
bench_limit_loop_SOURCES = %D%/limit_loop.c
bench_limit_loop_LDADD = libplat.a libbase.a $(UTF8PROC_LIBS) $(LIBINTL)

# What bench/memory sends through ring and model.
check_PROGRAMS += %D%/fold
bench_fold_SOURCES = %D%/fold.c %D%/memory_kb.h
bench_fold_LDADD = libmodel.a libring.a libplat.a libbase.a $(UTF8PROC_LIBS) $(LIBINTL)

# What bench/ui shows and measures.
check_PROGRAMS += %D%/ui_drive
bench_ui_drive_SOURCES = %D%/ui_drive.c
bench_ui_drive_LDADD = libui.a libmodel.a libring.a libplat.a libbase.a $(NCURSESW_LIBS) $(PCRE2_LIBS) \
	$(UTF8PROC_LIBS) $(LIBINTL)

# The program of bench/model.
check_PROGRAMS += %D%/model-load
bench_model_load_SOURCES = %D%/model_load.c %D%/memory_kb.h
bench_model_load_LDADD = libmodel.a libring.a libplat.a libbase.a $(UTF8PROC_LIBS) $(LIBINTL)
# What bench/export lets write.
check_PROGRAMS += %D%/export-write
bench_export_write_SOURCES = %D%/export_write.c
bench_export_write_LDADD = libexport.a libmodel.a libring.a libplat.a libbase.a $(EXPORT_LIBS) $(UTF8PROC_LIBS) $(LIBINTL)
