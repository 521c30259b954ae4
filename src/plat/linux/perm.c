// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

/*
 * Why one process may not look into another: the checks of __ptrace_may_access() and
 * yama_ptrace_access_check() in the kernel (kernel/ptrace.c, security/yama/yama_lsm.c), asked in
 * the order in which they are most likely the reason.
 */

struct facts {
	pid_t pid;
	uid_t uids[3]; /* of the target: real, effective, saved */
	bool uids_known;
	bool have_cap;	   /* CAP_SYS_PTRACE is effective in our user namespace */
	bool other_userns; /* the target lives in another user namespace */
	bool not_dumpable;
	int yama;    /* -1: no Yama */
	int seccomp; /* mode of ours */
};

static void read_uids(struct facts *f)
{
	char path[32], text[4096];
	const char *s;
	char *end;

	snprintf(path, sizeof path, "/proc/%d/status", (int)f->pid);
	if (pst_proc_slurp(AT_FDCWD, path, text, sizeof text) <= 0)
		return;
	s = pst_status_field(text, "Uid");
	for (size_t i = 0; s && i < 3; i++, s = end)
		f->uids[i] = (uid_t)strtoul(s, &end, 10);
	f->uids_known = s != NULL;
}

static void read_own(struct facts *f)
{
	char text[4096];
	const char *caps, *seccomp;

	if (pst_proc_slurp(AT_FDCWD, "/proc/self/status", text, sizeof text) <= 0)
		return;
	caps = pst_status_field(text, "CapEff");
	seccomp = pst_status_field(text, "Seccomp");
	f->have_cap = caps && (strtoull(caps, NULL, 16) >> CAP_SYS_PTRACE & 1);
	f->seccomp = seccomp ? (int)strtol(seccomp, NULL, 10) : 0;
}

/* /proc/PID belongs to root when the process is not dumpable, and to its user otherwise (proc(5)).
 */
static bool is_not_dumpable(const struct facts *f)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)f->pid);
	return f->uids_known && stat(path, &st) == 0 && st.st_uid != f->uids[1];
}

/* True when our user namespace is not that of the host, which maps all users to themselves. */
static bool in_inner_userns(void)
{
	char text[128];
	unsigned long inside, outside, n;

	return pst_proc_slurp(AT_FDCWD, "/proc/self/uid_map", text, sizeof text) > 0 &&
	       sscanf(text, "%lu %lu %lu", &inside, &outside, &n) == 3 && n != UINT32_MAX;
}

/* With the capability the link can always be read, but for a process of an outer namespace. */
static bool in_other_userns(const struct facts *f)
{
	char path[40], ours[64] = "", theirs[64] = "";

	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)f->pid);
	if (readlink("/proc/self/ns/user", ours, sizeof ours - 1) <= 0)
		return false;
	if (readlink(path, theirs, sizeof theirs - 1) <= 0)
		return f->have_cap && in_inner_userns();
	return strcmp(ours, theirs) != 0;
}

static int read_yama(void)
{
	char text[16];

	if (pst_proc_slurp(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", text, sizeof text) <= 0)
		return -1;
	return (int)strtol(text, NULL, 10);
}

static enum pst_err other_user(const struct facts *f, int sys, struct pst_why *why)
{
	const struct passwd *pw = getpwuid(f->uids[1]);

	return pst_why_set(
		why, PST_PERM, sys,
		_("Process %d belongs to %s (uid %u), and you are uid %u: run this command with "
		  "sudo, or as that user."),
		(int)f->pid, pw ? pw->pw_name : _("another user"), (unsigned)f->uids[1],
		(unsigned)geteuid());
}

static enum pst_err no_capability(const struct facts *f, int sys, struct pst_why *why)
{
	return pst_why_set(
		why, PST_PERM, sys,
		_("You are root but without the capability SYS_PTRACE, as in most containers, so "
		  "process %d cannot be read. Docker: run the container with --cap-add=SYS_PTRACE. "
		  "Kubernetes: securityContext.capabilities.add: [\"SYS_PTRACE\"]. Or run it on "
		  "the "
		  "host, with the number that the process has there."),
		(int)f->pid);
}

static enum pst_err by_yama(const struct facts *f, int sys, struct pst_why *why)
{
	if (f->yama >= 3)
		return pst_why_set(
			why, PST_PERM, sys,
			_("kernel.yama.ptrace_scope is 3: this system forbids reading process %d "
			  "to "
			  "everybody, root included, until it is booted with another value."),
			(int)f->pid);
	if (f->yama == 2)
		return pst_why_set(
			why, PST_PERM, sys,
			_("kernel.yama.ptrace_scope is 2: only root may read process %d. Run this "
			  "command with sudo, or allow it: sudo sysctl kernel.yama.ptrace_scope=0"),
			(int)f->pid);
	return pst_why_set(why, PST_PERM, sys,
			   _("kernel.yama.ptrace_scope is 1: process %d was not started from here, "
			     "so only root "
			     "may read it. Run this command with sudo, or allow it: "
			     "sudo sysctl kernel.yama.ptrace_scope=0"),
			   (int)f->pid);
}

static enum pst_err by_seccomp(const struct facts *f, int sys, struct pst_why *why)
{
	return pst_why_set(why, PST_PERM, sys,
			   _("A seccomp filter, as containers have it, keeps this command from "
			     "reading process "
			     "%d. Docker: run the container with --cap-add=SYS_PTRACE, or with "
			     "--security-opt seccomp=unconfined. Or run it on the host."),
			   (int)f->pid);
}

static bool is_ours(const struct facts *f)
{
	uid_t uid = geteuid();

	return !f->uids_known || (f->uids[0] == uid && f->uids[1] == uid && f->uids[2] == uid);
}

static enum pst_err without_capability(const struct facts *f, int sys, struct pst_why *why)
{
	if (geteuid() == 0 && !f->other_userns)
		return f->yama >= 2 ? by_yama(f, sys, why) : no_capability(f, sys, why);
	if (!is_ours(f))
		return other_user(f, sys, why);
	if (f->not_dumpable)
		return pst_why_set(
			why, PST_PERM, sys,
			_("Process %d has protected itself from being read (it is set-uid, has "
			  "file "
			  "capabilities or called prctl(PR_SET_DUMPABLE)): run this command with "
			  "sudo."),
			(int)f->pid);
	if (f->yama >= 1)
		return by_yama(f, sys, why);
	if (f->seccomp == 2)
		return by_seccomp(f, sys, why);
	return pst_why_set(
		why, PST_PERM, sys,
		_("The system does not let you read process %d: run this command with sudo."),
		(int)f->pid);
}

enum pst_err pst_perm_explain(pid_t pid, int sys, struct pst_why *why)
{
	struct facts f = {.pid = pid, .yama = read_yama()};

	read_uids(&f);
	read_own(&f);
	f.other_userns = in_other_userns(&f);
	f.not_dumpable = is_not_dumpable(&f);
	if (f.yama >= 3)
		return by_yama(&f, sys, why);
	if (!f.have_cap)
		return without_capability(&f, sys, why);
	if (f.other_userns)
		return pst_why_set(
			why, PST_PERM, sys,
			_("Process %d is in another user namespace than this command, where its "
			  "privileges do not count: run it as root of the host."),
			(int)pid);
	if (f.seccomp == 2)
		return by_seccomp(&f, sys, why);
	return pst_why_set(
		why, PST_PERM, sys,
		_("The system does not let you read process %d though you have the capability "
		  "SYS_PTRACE: a security module (SELinux, AppArmor) may forbid it. See the audit "
		  "log."),
		(int)pid);
}
