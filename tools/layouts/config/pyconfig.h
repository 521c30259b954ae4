// SPDX-License-Identifier: MIT
/*
 * What ./configure finds on 64-bit Linux, as far as it decides how CPython's
 * structs are laid out: for probing source trees that were never configured.
 * Used for all rows, so that they do not depend on one machine's build.
 */
#ifndef PST_PYCONFIG_H
#define PST_PYCONFIG_H

#define SIZEOF_SHORT 2
#define SIZEOF_INT 4
#define SIZEOF_LONG 8
#define SIZEOF_LONG_LONG 8
#define SIZEOF_VOID_P 8
#define SIZEOF_SIZE_T 8
#define SIZEOF_TIME_T 8
#define SIZEOF_WCHAR_T 4
#define SIZEOF_OFF_T 8
#define SIZEOF_FPOS_T 16
#define SIZEOF_FLOAT 4
#define SIZEOF_DOUBLE 8
#define SIZEOF_PID_T 4
#define SIZEOF_UINTPTR_T 8
#define SIZEOF_PTHREAD_T 8
#define SIZEOF_PTHREAD_KEY_T 4
#define SIZEOF__BOOL 1
#define ALIGNOF_LONG 8
#define ALIGNOF_SIZE_T 8
#define ALIGNOF_MAX_ALIGN_T 16

#define HAVE_LONG_LONG 1
#define HAVE_UINTPTR_T 1
#define HAVE_SSIZE_T 1
#define HAVE_INT32_T 1
#define HAVE_UINT32_T 1
#define HAVE_INT64_T 1
#define HAVE_UINT64_T 1
#define HAVE_STDINT_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STDDEF_H 1
#define HAVE_STRING_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_LIMITS_H 1
#define HAVE_UNISTD_H 1
#define HAVE_SIGNAL_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_SELECT_H 1
#define HAVE_WCHAR_H 1
#define HAVE_ALLOCA_H 1
#define HAVE_DLFCN_H 1
#define HAVE_DLOPEN 1
#define HAVE_DYNAMIC_LOADING 1
#define HAVE_GCC_ASM_FOR_X64 1
#define HAVE_GCC_UINT128_T 1
#define HAVE_STDATOMIC_H 1
#define HAVE_STD_ATOMIC 1
#define HAVE_BUILTIN_ATOMIC 1
#define HAVE_PROTOTYPES 1
#define HAVE_STDARG_PROTOTYPES 1
#define HAVE_FORK 1
#define HAVE_PTHREAD_H 1
#define HAVE_PTHREAD_CONDATTR_SETCLOCK 1
#define HAVE_CLOCK_GETTIME 1
#define HAVE_SEM_TIMEDWAIT 1
#define HAVE_SIGACTION 1
#define HAVE_SIGALTSTACK 1
#define HAVE_DECL_RTLD_NOW 1
#define HAVE_DECL_RTLD_GLOBAL 1
#define HAVE_DECL_RTLD_LAZY 1
#define HAVE_DECL_RTLD_LOCAL 1
#define HAVE_READLINK 1
#define HAVE_TIMES 1
#define HAVE_REALPATH 1
#define HAVE_EPOLL 1
#define STDC_HEADERS 1
#define TIME_WITH_SYS_TIME 1
#define RETSIGTYPE void
#define _POSIX_THREADS 1
#define PY_FORMAT_LONG_LONG "ll"
#define PY_FORMAT_SIZE_T "z"
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#define PLATLIBDIR "lib"
#define PY_BUILTIN_HASHLIB_HASHES ""
#define PY_COERCE_C_LOCALE 1
#define PY_SSL_DEFAULT_CIPHERS 1
#define PY_SUPPORT_TIER 1
#define PY_HAVE_PERF_TRAMPOLINE 1

#define WITH_THREAD 1
#define WITH_CYCLE_GC 1
#define WITH_PYMALLOC 1
#define WITH_DOC_STRINGS 1
#define WITH_MIMALLOC 1
#define WITH_FREELISTS 1
#define Py_ENABLE_SHARED 1
#define Py_HASH_CUTOFF 0

/* up to 3.2: a Linux distribution's choice; the generator says the other one with -D */
#if PY_VERSION_HEX < 0x03030000
#define Py_USING_UNICODE 1
#ifndef Py_UNICODE_SIZE
#define Py_UNICODE_SIZE 4
#endif
#if Py_UNICODE_SIZE == 4
#define PY_UNICODE_TYPE unsigned int
#else
#define PY_UNICODE_TYPE unsigned short
#endif
#endif

#define _GNU_SOURCE 1
#define _FILE_OFFSET_BITS 64
#define _XOPEN_SOURCE 700
#define _POSIX_C_SOURCE 200809L

#endif
