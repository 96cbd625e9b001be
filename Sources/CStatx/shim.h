#ifndef CAREFS_STATX_SHIM_H
#define CAREFS_STATX_SHIM_H
// The C library shows statx to programs that define _GNU_SOURCE only, which Swift does not.
#if defined(__linux__)
#include <features.h>
#include <linux/stat.h>
// AT_EMPTY_PATH, which <fcntl.h> hides as well.
static const int statx_empty_path = 0x1000;
extern int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *result);
#endif
#endif
