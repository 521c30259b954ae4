# The options and keys of the page are what the program itself says.
man_MANS = %D%/pyspy-tui.1
EXTRA_DIST += %D%/pyspy-tui.1.in
CLEANFILES += %D%/pyspy-tui.1

%D%/pyspy-tui.1: $(srcdir)/%D%/pyspy-tui.1.in $(srcdir)/%D%/fill pyspy-tui$(EXEEXT)
	@$(MKDIR_P) %D%
	$(AM_V_GEN)$(SHELL) $(srcdir)/%D%/fill ./pyspy-tui$(EXEEXT) $(PACKAGE_VERSION) \
		<$(srcdir)/%D%/pyspy-tui.1.in >$@.tmp && mv $@.tmp $@

EXTRA_DIST += %D%/fill
