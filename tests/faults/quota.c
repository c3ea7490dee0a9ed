/* Preloaded into the program: a folder in which no file may grow, as where a quota is used up.
   QUOTA_FOLDER names the folder; it holds while the file QUOTA_FOLDER.full is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refused(int fd, off_t end)
{
    const char *folder = getenv("QUOTA_FOLDER");
    char link[64], path[PATH_MAX], flag[PATH_MAX];
    struct stat state;
    ssize_t length;
    if (!folder || fstat(fd, &state) || !S_ISREG(state.st_mode) || end <= state.st_size)
        return 0;
    snprintf(flag, sizeof flag, "%s.full", folder);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) || access(flag, F_OK))
        return 0;
    errno = EDQUOT;
    return 1;
}

ssize_t write(int fd, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    off_t at;
    int flags;
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    flags = fcntl(fd, F_GETFL);
    at = lseek(fd, 0, flags >= 0 && flags & O_APPEND ? SEEK_END : SEEK_CUR);
    return at >= 0 && refused(fd, at + (off_t)size) ? -1 : real(fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwrite64");
    return refused(fd, at + (off_t)size) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
