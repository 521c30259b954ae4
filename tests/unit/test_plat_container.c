// SPDX-License-Identifier: MIT
#include "config.h"

#include "unit.h"

#include "plat/linux/container.h"
#include "plat/plat.h"

#include <string.h>
#include <unistd.h>

#define ID "4f5b3ad37c1e9a60b2c8d4e7f01122334455667788990a0b0c0d0e0f1a2b3c4d"

static void check(const char *text, const char *want)
{
	char out[128];
	bool found = pst_container_parse(text, out, sizeof out);

	assert_string_equal(out, want);
	assert_int_equal(found, *want != '\0');
}

static void test_docker(void **state)
{
	(void)state;
	check("12:pids:/docker/" ID "\n0::/\n", "docker:4f5b3ad37c1e");
	check("0::/system.slice/docker-" ID ".scope\n", "docker:4f5b3ad37c1e");
	check("0::/system.slice/docker-" ID ".scope/init\n", "docker:4f5b3ad37c1e");
	check("0::/../" ID "\n", "container:4f5b3ad37c1e");
}

static void test_podman(void **state)
{
	(void)state;
	check("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
	      ".scope/container\n",
	      "podman:4f5b3ad37c1e");
	check("0::/machine.slice/libpod-" ID ".scope", "podman:4f5b3ad37c1e");
	check("3:cpu:/libpod_parent/libpod-" ID "\n", "podman:4f5b3ad37c1e");
	/* What watches a container is outside. */
	check("0::/machine.slice/libpod-conmon-" ID ".scope\n", "");
}

static void test_kubernetes(void **state)
{
	(void)state;
	check("11:memory:/kubepods/besteffort/pod5e7b1f5e-2c1d-4f6e-9b39-7e2f1a2b3c4d/" ID "\n",
	      "k8s:4f5b3ad37c1e");
	check("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod5e7b.slice/"
	      "cri-containerd-" ID ".scope\n",
	      "k8s:4f5b3ad37c1e");
	check("0::/kubepods.slice/kubepods-pod5e7b.slice/crio-" ID ".scope\n", "k8s:4f5b3ad37c1e");
	check("0::/kubepods.slice/kubepods-pod5e7b.slice/docker-" ID ".scope\n", "k8s:4f5b3ad37c1e");
	/* A node that is a container itself: the innermost counts. */
	check("0::/docker/" ID "/kubelet.slice/kubepods/podX/"
	      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
	      "k8s:001122334455");
}

static void test_names(void **state)
{
	(void)state;
	check("7:memory:/lxc/web1\n", "lxc:web1");
	check("0::/lxc.payload.web1/system.slice/app.service\n", "lxc:web1");
	check("0::/lxc.payload/web1\n", "lxc:web1");
	check("0::/machine.slice/systemd-nspawn@my\\x2dbox.service/payload\n", "nspawn:my-box");
	check("0::/machine.slice/machine-box.scope\n", "nspawn:box");
}

static void test_none(void **state)
{
	(void)state;
	check("", "");
	check("0::/\n", "");
	check("\n\n:\n::\n", "");
	check("0::/user.slice/user-1000.slice/session-2.scope\n", "");
	check("0::/system.slice/docker.service\n", "");
	check("4:memory:/process_api/97af8fcf8030f5acbd4b6335b6972830\n", "");
	/* Nearly an id, and more than one. */
	check("0::/docker/4f5b3ad37c1e\n", "");
	check("0::/docker/" ID "g\n", "");
}

static void test_bounds(void **state)
{
	char text[4096], out[64];

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text, "0::/lxc/", 8);
	text[sizeof text - 1] = '\0';
	assert_true(pst_container_parse(text, out, sizeof out));
	assert_int_equal(strlen(out), 4 + 40);
}

static void test_own(void **state)
{
	char out[128];

	(void)state;
	(void)pst_proc_container(getpid(), out, sizeof out);
	assert_false(pst_proc_container(0x7ffffff0, out, sizeof out));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_docker),	cmocka_unit_test(test_podman),
		cmocka_unit_test(test_kubernetes), cmocka_unit_test(test_names),
		cmocka_unit_test(test_none),	cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
