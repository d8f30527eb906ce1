#pragma once
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

/* The process, user and group of the peer of a Unix socket. Returns 0, or errno.
   struct ucred requires _GNU_SOURCE, which would make fd_set differ from the one in Swift's Glibc module, so this
   declares the kernel's three fields itself (unix(7)). */
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

/* The supplementary groups of the peer. Returns how many were written, or -1. */
static inline int schemad_peer_groups(int descriptor, gid_t *groups, int capacity) {
    socklen_t length = (socklen_t)(capacity * (int)sizeof *groups);
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof *groups);
}

/* Fills in the address of a filesystem socket; abstract names (a leading NUL) are not supported. Returns its length, or
   0 when the path is empty or too long. */
static inline socklen_t schemad_unix_address(const char *path, struct sockaddr_un *address) {
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) return 0;
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, path, length + 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

/* Returns a connected, non-blocking, close-on-exec socket, or -errno. EAGAIN means that the listener's queue is full. */
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

/* Returns a listening, non-blocking, close-on-exec socket at a path that must not exist yet, or -errno. The file has
   `mode` from the start: bind applies the mode that fchmod set on the unbound socket. */
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

/* Opens a regular file without blocking on a FIFO; a symbolic link is followed only if asked for. Owner and mode are read from
   the same descriptor. Returns the descriptor, or -errno; -EINVAL when it is not a regular file. */
static inline int schemad_open_regular(const char *path, int follows_links, uid_t *owner, mode_t *mode) {
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follows_links ? 0 : O_NOFOLLOW);
    int descriptor = open(path, flags);
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

/* Takes the exclusive lock (flock(2)) of an open file without waiting. It belongs to the open file description and ends
   with it. Returns 0, or errno; EWOULDBLOCK when another description holds it. */
static inline int schemad_try_lock(int descriptor) {
    /* <sys/file.h> is not part of Swift's Glibc module; what it includes would then belong to this module. */
    extern int flock(int descriptor, int operation);
    const int lock_exclusive = 2, lock_without_waiting = 4;
    return flock(descriptor, lock_exclusive | lock_without_waiting) == 0 ? 0 : errno;
}

/* Whether a descriptor is a Unix stream socket that accepts connections. Returns 0, or errno; EPROTOTYPE for another
   kind of socket, EINVAL for one that does not listen. */
static inline int schemad_check_listener(int descriptor) {
    int domain = 0, type = 0, listens = 0;
    socklen_t length = sizeof domain;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) return errno;
    length = sizeof type;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0) return errno;
    if (domain != AF_UNIX || type != SOCK_STREAM) return EPROTOTYPE;
    length = sizeof listens;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0) return errno;
    return listens ? 0 : EINVAL;
}

/* Sends one datagram to the service manager (sd_notify(3)); a leading '@' means an abstract name. Returns 0, or
   errno. */
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

/* Returns freed memory to the system; glibc otherwise keeps it in its arenas. */
static inline void schemad_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
