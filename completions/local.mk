# Scripts that the program prints of its own table of options, in the places where shells look.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = %D%/pyspy-tui
nodist_zshcompletion_DATA = %D%/_pyspy-tui
nodist_fishcompletion_DATA = %D%/pyspy-tui.fish
CLEANFILES += %D%/pyspy-tui %D%/_pyspy-tui %D%/pyspy-tui.fish

COMPLETIONS_OF = $(MKDIR_P) %D% && LC_ALL=C LANGUAGE= ASAN_OPTIONS=detect_leaks=0 ./pyspy-tui$(EXEEXT) completions

%D%/pyspy-tui: pyspy-tui$(EXEEXT)
	$(AM_V_GEN)$(COMPLETIONS_OF) bash >$@.tmp && mv $@.tmp $@

%D%/_pyspy-tui: pyspy-tui$(EXEEXT)
	$(AM_V_GEN)$(COMPLETIONS_OF) zsh >$@.tmp && mv $@.tmp $@

%D%/pyspy-tui.fish: pyspy-tui$(EXEEXT)
	$(AM_V_GEN)$(COMPLETIONS_OF) fish >$@.tmp && mv $@.tmp $@
