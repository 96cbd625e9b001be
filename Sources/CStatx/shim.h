#ifndef CAREFS_STATX_SHIM_H
#define CAREFS_STATX_SHIM_H
// The C library shows these to programs that define _GNU_SOURCE only, which Swift does not.
#if defined(__linux__)
#include <features.h>
#include <linux/stat.h>
// AT_EMPTY_PATH, which <fcntl.h> hides as well.
static const int statx_empty_path = 0x1000;
extern int statx(int folder, const char *path, int flags, unsigned int mask, struct statx *result);
// SYNC_FILE_RANGE_WRITE: begins to write dirty bytes, and waits for nothing.
static const unsigned int begin_write_back = 2;
extern int sync_file_range(int file, long long offset, long long count, unsigned int flags);
#endif
#endif
