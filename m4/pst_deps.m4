# PST_REQUIRE(VAR, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE): a library that must be there; all that miss are told at once.
AC_DEFUN([PST_REQUIRE], [
  PKG_CHECK_MODULES([$1], [$2], [], [pst_missing="$pst_missing $2 (Debian: $3, Fedora: $4);"])
])
# PST_OPTIONAL(VAR, MODULE, WHAT-FOR): a library that may miss; says what is lost.
AC_DEFUN([PST_OPTIONAL], [
  PKG_CHECK_MODULES([$1], [$2], [have_$1=yes
    AC_DEFINE([HAVE_$1], [1], [Define to 1 if $2 is there.])],
    [have_$1=no
    AC_MSG_WARN([$2 not found: built without $3])])
])
AC_DEFUN([PST_MISSING_REPORT], [
  AS_IF([test -n "$pst_missing"], [AC_MSG_ERROR([libraries not found by pkg-config:$pst_missing])])
])
