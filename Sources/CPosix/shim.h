#pragma once
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

/* Who is at the other end of a Unix socket. Returns 0, or errno.
   struct ucred needs _GNU_SOURCE, with which fd_set would differ from the one that Swift's Glibc module has; these are
   the kernel's own three fields (unix(7)). */
static inline int schemad_peer_credentials(int descriptor, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct {
        pid_t pid;
        uid_t uid;
        gid_t gid;
    } credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return errno;
    if (length != sizeof credentials) return EINVAL;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

/* The supplementary groups of the peer; returns how many were written, or -1. */
static inline int schemad_peer_groups(int descriptor, gid_t *groups, int capacity) {
    socklen_t length = (socklen_t)(capacity * (int)sizeof *groups);
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof *groups);
}

/* The address of a filesystem socket; abstract names (a leading NUL) cannot be expressed. Returns its length, or 0 when
   the path is empty or does not fit. */
static inline socklen_t schemad_unix_address(const char *path, struct sockaddr_un *address) {
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

/* A connected, non-blocking, close-on-exec socket; or -errno. EAGAIN means that the listener's queue is full. */
static inline int schemad_unix_connect(const char *path) {
    struct sockaddr_un address;
    socklen_t length = schemad_unix_address(path, &address);
    if (length == 0) return -ENAMETOOLONG;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&address, length) != 0) {
        int reason = errno;
        close(descriptor);
        return -reason;
    }
    return descriptor;
}

/* A listening, non-blocking, close-on-exec socket at a path that must not exist yet; or -errno. The file has `mode`
   from its first instant: bind obeys fchmod on the unbound socket. */
static inline int schemad_unix_listen(const char *path, mode_t mode, int backlog) {
    struct sockaddr_un address;
    socklen_t length = schemad_unix_address(path, &address);
    if (length == 0) return -ENAMETOOLONG;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    int reason = 0;
    if (fchmod(descriptor, mode) != 0 || bind(descriptor, (struct sockaddr *)&address, length) != 0) {
        reason = errno;
    } else if (chmod(path, mode) != 0 || listen(descriptor, backlog) != 0) {
        reason = errno;
        unlink(path);
    }
    if (reason != 0) {
        close(descriptor);
        return -reason;
    }
    return descriptor;
}

/* A file that must be regular, opened without following a link and without waiting for a FIFO; its owner and mode come
   from the same descriptor. Returns the descriptor, or -errno; -EINVAL when it is not a regular file. */
static inline int schemad_open_regular(const char *path, uid_t *owner, mode_t *mode) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return -errno;
    struct stat facts;
    int reason = 0;
    if (fstat(descriptor, &facts) != 0) reason = errno;
    else if (!S_ISREG(facts.st_mode)) reason = EINVAL;
    if (reason != 0) {
        close(descriptor);
        return -reason;
    }
    *owner = facts.st_uid;
    *mode = facts.st_mode & 07777;
    return descriptor;
}

/* One datagram to the service manager (sd_notify(3)); a leading '@' means an abstract name. Returns 0, or errno. */
static inline int schemad_notify(const char *path, const char *state) {
    struct sockaddr_un address;
    socklen_t length = schemad_unix_address(path, &address);
    if (length == 0) return ENAMETOOLONG;
    if (path[0] == '@') {
        address.sun_path[0] = 0;
        length -= 1;
    }
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    ssize_t sent = sendto(descriptor, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    int reason = sent < 0 ? errno : 0;
    close(descriptor);
    return reason;
}

/* Gives memory that was freed back to the system; glibc keeps it in its arenas otherwise. */
static inline void schemad_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/* Lets go of the pages of the program and its libraries, which are as their files have them: what runs again comes back,
   without a read while the kernel has it cached, and what ran once no longer counts as memory of this process. */
static inline void schemad_give_back_code(void) {
#ifdef __linux__
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return;
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, maps) > 0) {
        unsigned long start, end, file;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s %*s %*s %lu", &start, &end, rights, &file) != 4) continue;
        if (file != 0 && strcmp(rights, "r-xp") == 0) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    free(line);
    fclose(maps);
#endif
}
