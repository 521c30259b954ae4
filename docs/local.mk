# What is read without the program.
dist_doc_DATA += README.md CONTRIBUTING.md NEWS LICENSE
EXTRA_DIST += \
	%D%/ARCHITECTURE.md \
	%D%/DUMP-JSON.md \
	%D%/FORMAT.md \
	%D%/HOWTO-python-version.md \
	%D%/PROFILE-JSON.md \
	%D%/RECORDED-TARGET.md \
	%D%/STATS-JSON.md \
	%D%/screens/dump.svg \
	%D%/screens/callers.svg \
	%D%/screens/flame.svg \
	%D%/screens/help.svg \
	%D%/screens/span.svg \
	%D%/screens/stack.svg \
	%D%/screens/threads.svg \
	%D%/screens/top.svg
