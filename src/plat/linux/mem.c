// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/linux/priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/calls.h"

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

#define BATCH (IOV_MAX < 1024 ? IOV_MAX : 1024)

static bool open_mem(struct pst_proc *p)
{
	if (p->mem >= 0)
		close(p->mem);
	pst_called_times(PST_CALL_MEMORY, p->mem >= 0 ? 2 : 1);
	p->mem = openat(p->space, "mem", O_RDONLY | O_CLOEXEC);
	return p->mem >= 0;
}

/* True when the file lets us read: access to the page at 0 fails in a way that is not a refusal. */
static bool mem_file_works(struct pst_proc *p)
{
	char c;

	if (!open_mem(p))
		return false;
	pst_called(PST_CALL_MEMORY);
	if (pread(p->mem, &c, 1, 0) >= 0 || errno == EIO || errno == EFAULT)
		return true;
	return false;
}

enum pst_err pst_mem_choose(struct pst_proc *p, int *sys)
{
	char c;
	struct iovec local = {&c, 1}, remote = {NULL, 1};

	/* The permission is checked before the address, and nothing is mapped at 0. */
	if (process_vm_readv(p->space_tid, &local, 1, &remote, 1, 0) >= 0 || errno == EFAULT) {
		p->how = PST_MEM_VM_READV;
		return PST_OK;
	}
	*sys = errno;
	if (*sys == ESRCH)
		return PST_GONE;
	if (mem_file_works(p)) {
		p->how = PST_MEM_FILE;
		return PST_OK;
	}
	if (*sys == ENOSYS)
		*sys = errno;
	return PST_PERM;
}

/* The error of a read that failed with SYS. */
static enum pst_err read_error(int sys)
{
	if (sys == EPERM || sys == EACCES)
		return PST_PERM;
	return sys == ESRCH ? PST_GONE : PST_FAULT;
}

static enum pst_err file_read(struct pst_proc *p, uint64_t at, void *buf, size_t len)
{
	char *to = buf;
	bool again = false;

	while (len > 0) {
		ssize_t n = pread(p->mem, to, len, (off_t)at);

		pst_called(PST_CALL_MEMORY);
		if (n > 0) {
			to += n;
			at += (uint64_t)n;
			len -= (size_t)n;
		} else if (n == 0 && !again && open_mem(p)) {
			/* The file keeps to the old address space after an exec. */
			again = true;
		} else if (n == 0 || errno != EINTR) {
			return read_error(n == 0 ? ESRCH : errno);
		}
	}
	return PST_OK;
}

static enum pst_err file_readv(struct pst_proc *p, const struct pst_span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum pst_err err = file_read(p, spans[i].at, spans[i].buf, spans[i].len);

		if (err)
			return err;
	}
	return PST_OK;
}

/* The main thread may have ended, or a filter was put on us meanwhile. */
static bool recover(struct pst_proc *p, int sys)
{
	if (sys == ESRCH)
		return pst_proc_check(p) == PST_OK && pst_proc_find_space(p);
	if ((sys == EPERM || sys == ENOSYS) && mem_file_works(p)) {
		p->how = PST_MEM_FILE;
		return true;
	}
	return false;
}

/* Reads the spans behind LOCAL and REMOTE, which both have N entries, and resumes after short
 * reads. */
static enum pst_err vm_batch(struct pst_proc *p, struct iovec *local, struct iovec *remote,
			     size_t n)
{
	size_t i = 0;
	bool again = false;

	while (i < n) {
		ssize_t got =
			process_vm_readv(p->space_tid, local + i, n - i, remote + i, n - i, 0);

		pst_called(PST_CALL_MEMORY);
		if (got <= 0) {
			int sys = got < 0 ? errno : EFAULT;

			if (again || !recover(p, sys))
				return read_error(sys);
			again = true;
			if (p->how == PST_MEM_VM_READV)
				continue;
			for (; i < n; i++) {
				enum pst_err err =
					file_read(p, (uint64_t)(uintptr_t)remote[i].iov_base,
						  local[i].iov_base, local[i].iov_len);
				if (err)
					return err;
			}
			return PST_OK;
		}
		for (size_t left = (size_t)got; i < n; i++) {
			if (left < local[i].iov_len) {
				local[i].iov_base = (char *)local[i].iov_base + left;
				remote[i].iov_base = (char *)remote[i].iov_base + left;
				local[i].iov_len -= left;
				remote[i].iov_len -= left;
				break;
			}
			left -= local[i].iov_len;
		}
	}
	return PST_OK;
}

static enum pst_err vm_readv(struct pst_proc *p, const struct pst_span *spans, size_t n)
{
	struct iovec local[BATCH], remote[BATCH];
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (spans[i].len > 0) {
			local[k] = (struct iovec){spans[i].buf, spans[i].len};
			remote[k] = (struct iovec){(void *)(uintptr_t)spans[i].at, spans[i].len};
			k++;
		}
		if (k == BATCH || (i + 1 == n && k > 0)) {
			enum pst_err err = vm_batch(p, local, remote, k);

			if (err)
				return err;
			k = 0;
		}
	}
	return PST_OK;
}

enum pst_err pst_mem_readv(struct pst_proc *p, const struct pst_span *spans, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (spans[i].len > SSIZE_MAX || spans[i].at > INT64_MAX - spans[i].len)
			return PST_FAULT;
	return p->how == PST_MEM_FILE ? file_readv(p, spans, n) : vm_readv(p, spans, n);
}

enum pst_err pst_mem_read(struct pst_proc *p, uint64_t at, void *buf, size_t len)
{
	struct pst_span span = {at, buf, len};

	return pst_mem_readv(p, &span, 1);
}

const char *pst_mem_method(const struct pst_proc *p)
{
	return p->how == PST_MEM_FILE ? "/proc/PID/mem" : "process_vm_readv";
}
