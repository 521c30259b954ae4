# PST_WARNINGS: the warnings every file must be free of; errors only on request.
# (Fall-through the way of gcc, which reads comments: clang wants attributes, and uthash has comments.)
AC_DEFUN([PST_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make warnings errors])], [], [enable_werror=no])
  PST_WARN_CFLAGS=
  m4_foreach_w([flag], [-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-align -Wwrite-strings
    -Wundef -Wvla -Wformat=2 -Wnull-dereference -Wduplicated-cond -Wlogical-op
    -Wimplicit-fallthrough=3], [PST_TRY_WARN(flag)])
  AS_IF([test "x$enable_werror" = xyes], [PST_WARN_CFLAGS="$PST_WARN_CFLAGS -Werror"])
  AC_SUBST([PST_WARN_CFLAGS])
])
AC_DEFUN([PST_TRY_WARN], [
  AC_CACHE_CHECK([whether $CC takes $1], [AS_TR_SH([pst_cv_warn$1])], [
    pst_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $1 -Werror"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [AS_TR_SH([pst_cv_warn$1])=yes], [AS_TR_SH([pst_cv_warn$1])=no])
    CFLAGS=$pst_save_CFLAGS])
  AS_IF([test "x$AS_TR_SH([pst_cv_warn$1])" = xyes], [PST_WARN_CFLAGS="$PST_WARN_CFLAGS $1"])
])
