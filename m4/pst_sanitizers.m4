# PST_SANITIZERS: --enable-sanitizers=address,undefined or =thread.
AC_DEFUN([PST_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers=LIST],
    [build with -fsanitize=LIST, e.g. address,undefined or thread])], [], [enable_sanitizers=no])
  PST_SAN_CFLAGS=
  AS_IF([test "x$enable_sanitizers" != xno], [
    AS_IF([test "x$enable_sanitizers" = xyes], [enable_sanitizers=address,undefined])
    PST_SAN_CFLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
    AC_MSG_CHECKING([whether $CC links with -fsanitize=$enable_sanitizers])
    pst_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $PST_SAN_CFLAGS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])],
      [AC_MSG_RESULT([no]); AC_MSG_ERROR([the compiler has no runtime for -fsanitize=$enable_sanitizers])])
    CFLAGS=$pst_save_CFLAGS])
  AC_SUBST([PST_SAN_CFLAGS])
])
