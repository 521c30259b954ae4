# PST_PLATFORM: choose the folders of src/plat/ that are built.
AC_DEFUN([PST_PLATFORM], [
  AC_ARG_WITH([platform], [AS_HELP_STRING([--with-platform=NAME],
    [linux or null (no process access; to start a port from)])], [pst_platform=$withval],
    [AS_CASE([$host_os], [linux*], [pst_platform=linux], [pst_platform=null])])
  AS_CASE([$pst_platform], [linux|null], [],
    [AC_MSG_ERROR([--with-platform: no platform named $pst_platform])])
  AM_CONDITIONAL([PLAT_LINUX], [test "x$pst_platform" = xlinux])
  AM_CONDITIONAL([PLAT_NULL], [test "x$pst_platform" = xnull])
])
