// SPDX-License-Identifier: MIT
#include "config.h"

#include "plat/plat.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

bool pst_tty_is(int fd)
{
	return isatty(fd) == 1;
}

bool pst_tty_size(int fd, int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return false;
	*rows = size.ws_row;
	*cols = size.ws_col;
	return true;
}
