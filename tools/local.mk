# tools
EXTRA_DIST += \
	%D%/gen-layouts \
	%D%/layouts/config/pyconfig.h \
	%D%/layouts/fields \
	%D%/layouts/headers.h \
	%D%/layouts/proved \
	%D%/layouts/structs.h
