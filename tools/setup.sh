# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Shared by run-demo and run-tests: what is missing is installed (Debian 12 and newer, Ubuntu) or
# named (elsewhere), and the tree is built.  Sourced with the root of the tree as working directory.

# Packages: Debian name, or several with | of which one is enough.
BUILD_PACKAGES="gcc libc6-dev make autoconf automake autopoint gettext pkgconf|pkg-config
    libncurses-dev libelf-dev libdw-dev liblzma-dev libunwind-dev libutf8proc-dev libjson-c-dev libpcre2-dev uthash-dev
    zlib1g-dev libzstd-dev libprotobuf-c-dev protobuf-c-compiler python3"
TEST_PACKAGES="libcmocka-dev python3-pytest python3-pexpect python3-pyte ncurses-term tmux clang debootstrap
    debian-archive-keyring python3-dev strace groff mandoc shellcheck spin xz-utils procps util-linux time
    chromium python3-websocket python3-jsonschema valgrind zsh fish"

say() {
    printf '%s\n' "$*" >&2
}

give_up() {
    say "${0##*/}: $*"
    exit 1
}

# True on a Debian or a child of it that is new enough for our package names.
is_debian() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 1
    os=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-999} ${ID_LIKE:-}") || return 1
    # shellcheck disable=SC2086
    set -- $os
    major=${2%%.*}
    case $1 in
    debian) [ "$major" -ge 12 ] ;;
    ubuntu) [ "$major" -ge 22 ] ;;
    *) case " $os " in *" debian "* | *" ubuntu "*) ;; *) false ;; esac ;;
    esac
}

# Those of the packages named that are not installed; of alternatives the first.
missing_packages() {
    # shellcheck disable=SC2046
    installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' $(echo "$*" | tr '|' ' ') \
        2>/dev/null | sed -n 's/^ii //p' | tr '\n' ' ') "
    for wanted; do
        found=
        for name in $(echo "$wanted" | tr '|' ' '); do
            case $installed in *" $name "*) found=yes ;; esac
        done
        [ "$found" ] || echo "${wanted%%|*}"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        give_up "neither root nor sudo; run this as root, then try again:
    $*"
    fi
}

install_on_debian() {
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ "$missing" ] || return 0
    say "Installing: $missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update </dev/null >&2 ||
        say "apt-get update failed; going on with the lists that are there"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy -o Dpkg::Use-Pty=0 install --no-install-recommends \
        $missing </dev/null >&2 || give_up "apt-get could not install: $missing"
}

# True if what the build needs is found, whoever installed it.
build_needs_are_met() {
    for tool in cc make autoreconf automake autopoint msgfmt pkg-config python3; do
        command -v $tool >/dev/null || { say "not found: $tool"; return 1; }
    done
    for lib in ncursesw libelf libdw libutf8proc json-c libpcre2-8 libzstd; do
        pkg-config --exists $lib || { say "not found by pkg-config: $lib"; return 1; }
    done
    echo '#include <uthash.h>' | cc -E - >/dev/null 2>&1 || { say "not found: uthash.h"; return 1; }
}

name_packages() {
    say "This is not Debian 12 or newer, so nothing was installed. What is needed:"
    say "  Fedora: dnf install gcc make autoconf automake gettext-devel pkgconf ncurses-devel" \
        "elfutils-libelf-devel elfutils-devel libunwind-devel utf8proc-devel json-c-devel" \
        "pcre2-devel uthash-devel xz-devel zlib-devel protobuf-c-devel protobuf-c-compiler python3"
    say "  Alpine: apk add gcc musl-dev make autoconf automake gettext-dev pkgconf ncurses-dev" \
        "elfutils-dev libunwind-dev utf8proc-dev json-c-dev pcre2-dev uthash-dev xz-dev zlib-dev" \
        "protobuf-c-dev protobuf-c-compiler python3"
    say "  Arch:   pacman -S base-devel ncurses libelf libunwind libutf8proc json-c pcre2 uthash xz zlib protobuf-c python"
}

name_test_packages() {
    say "For the tests also:"
    say "  Fedora: dnf install libcmocka-devel python3-pytest python3-pexpect python3-pyte tmux" \
        "ncurses-term clang debootstrap groff mandoc ShellCheck libasan libubsan libtsan" \
        "chromium python3-websocket-client python3-jsonschema valgrind zsh fish"
    say "  Alpine: apk add cmocka-dev py3-pytest py3-pexpect py3-pyte ncurses-terminfo tmux clang debootstrap" \
        "groff mandoc shellcheck chromium py3-websocket-client py3-jsonschema valgrind zsh fish"
    say "  Arch:   pacman -S cmocka python-pytest python-pexpect python-pyte tmux clang" \
        "debootstrap groff mandoc shellcheck chromium python-websocket-client python-jsonschema valgrind zsh fish"
}

# setup build [test]: everything that building (and testing) needs.
setup() {
    if is_debian; then
        # shellcheck disable=SC2086
        install_on_debian $BUILD_PACKAGES ${2:+$TEST_PACKAGES}
    elif ! build_needs_are_met; then
        name_packages
        [ $# = 1 ] || name_test_packages
        exit 1
    elif [ $# = 2 ]; then
        name_test_packages
    fi
}

jobs_wanted() {
    nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}

# Makes configure when there is none; later changes are seen by make.
make_configure() {
    [ -x configure ] && return 0
    say "Making configure"
    ./autogen.sh >autogen.log 2>&1 || { cat autogen.log >&2; give_up "autogen.sh failed"; }
    rm -f autogen.log
}

# build_in DIR [CONFIGURE-ARGUMENT]...: configures when that was not done, or not with these
# arguments, then builds.
build_in() (
    dir=$1
    shift
    top=$PWD
    mkdir -p "$dir" && cd "$dir" || exit 1
    if [ ! -f config.status ] || [ "$(cat .configured 2>/dev/null)" != "$*" ]; then
        rm -f .configured
        [ ! -f Makefile ] || make -s clean
        "$top/configure" -q "$@" || exit 1
        echo "$*" >.configured
    fi
    make -s -j"$(jobs_wanted)"
)
