EXTRA_DIST += \
	%D%/README.md \
	%D%/attach \
	%D%/common.py \
	%D%/dump \
	%D%/folded.py \
	%D%/legal.py \
	%D%/limit \
	%D%/peers \
	%D%/plot.py \
	%D%/scale \
	%D%/scale_victims.py \
	%D%/truth \
	%D%/victims.py \
	%D%/victims_async.py \
	%D%/victims_run.py

# The bare loop of bench/limit; built when that runs, or by make check.
check_PROGRAMS += %D%/limit-loop
bench_limit_loop_SOURCES = %D%/limit.c
bench_limit_loop_LDADD = libplat.a libbase.a $(UTF8PROC_LIBS) $(LIBINTL)
