bin_PROGRAMS += pyspy-tui
pyspy_tui_SOURCES = \
	%D%/main.c
pyspy_tui_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS)
pyspy_tui_LDADD = libui.a libmodel.a libsampler.a libring.a libinterp.a libtarget.a libplat.a libbase.a \
	$(NCURSESW_LIBS) $(JSONC_LIBS) $(LIBDW_LIBS) $(LIBELF_LIBS) $(UTF8PROC_LIBS) $(LIBINTL)
