/* The reference for the agent's throughput: a simple server in C with the same frames, and a client that sends
   requests to either of them.

   reference answer SOCKET FRAME [KEY]   responds to each request with the frame of the file FRAME; with the hexadecimal
                                         KEY only if the request's token has the right HMAC, as the agent checks it
   reference ask SOCKET FRAME CONNECTIONS MILLISECONDS
                                         sends the frame of the file FRAME on each connection, and again after each
                                         response; prints the number of responses and the time in microseconds
*/
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, CAPACITY = 1 << 21, MOST_FIELDS = 6 };

struct peer {
    int descriptor;
    size_t held;
    unsigned char bytes[CAPACITY];
};

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static unsigned char *contents(const char *path, size_t *length) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = malloc(CAPACITY);
    if (descriptor < 0 || bytes == NULL) fail(path);
    ssize_t count = read(descriptor, bytes, CAPACITY);
    if (count < HEADER) fail(path);
    close(descriptor);
    *length = (size_t)count;
    return bytes;
}

static struct sockaddr_un address(const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    strcpy(name.sun_path, path);
    return name;
}

static void send_all(int descriptor, const unsigned char *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = send(descriptor, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count <= 0) return;
        bytes += count;
        length -= (size_t)count;
    }
}

/* The length of the first frame in the bytes, or 0 while it is incomplete. */
static size_t frame_length(const unsigned char *bytes, size_t held) {
    if (held < HEADER) return 0;
    size_t token = (size_t)bytes[6] << 8 | bytes[7];
    size_t body = (size_t)bytes[8] << 24 | (size_t)bytes[9] << 16 | (size_t)bytes[10] << 8 | bytes[11];
    size_t length = HEADER + token + body;
    if (length > CAPACITY) exit(1);
    return held >= length ? length : 0;
}

static void hexadecimal(const unsigned char *bytes, size_t count, char *text) {
    static const char digits[] = "0123456789abcdef";
    for (size_t place = 0; place < count; place++) {
        text[2 * place] = digits[bytes[place] >> 4];
        text[2 * place + 1] = digits[bytes[place] & 15];
    }
}

static EVP_MAC_CTX *template_of(const char *key) {
    unsigned char bytes[512];
    size_t count = strlen(key) / 2;
    for (size_t place = 0; place < count && place < sizeof bytes; place++) {
        unsigned value;
        if (sscanf(key + 2 * place, "%2x", &value) != 1) exit(1);
        bytes[place] = (unsigned char)value;
    }
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(context, bytes, count, parameters) != 1) exit(1);
    return context;
}

/* Whether the token "sd1.kid.iat.ttl.nonce.mac" is valid for the body and the audience "benchmarks". */
static int is_right(EVP_MAC_CTX *key, const unsigned char *token, size_t length, const unsigned char *body, size_t size) {
    const unsigned char *fields[MOST_FIELDS];
    size_t lengths[MOST_FIELDS] = {0};
    size_t count = 0;
    fields[0] = token;
    for (size_t place = 0; place < length; place++) {
        if (token[place] != '.') {
            lengths[count]++;
        } else if (++count < MOST_FIELDS) {
            fields[count] = token + place + 1;
        } else {
            return 0;
        }
    }
    if (count != MOST_FIELDS - 1 || lengths[5] != 64) return 0;
    static EVP_MD *sha256;
    if (sha256 == NULL) sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    unsigned char digest[32];
    char text[64], expected[64];
    if (EVP_Digest(body, size, digest, NULL, sha256, NULL) != 1) return 0;
    hexadecimal(digest, sizeof digest, text);
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(key);
    static const char prefix[] = "schemad-request-v1\nbenchmarks";
    EVP_MAC_update(context, (const unsigned char *)prefix, sizeof prefix - 1);
    for (size_t field = 1; field < 5; field++) {
        EVP_MAC_update(context, (const unsigned char *)"\n", 1);
        EVP_MAC_update(context, fields[field], lengths[field]);
    }
    EVP_MAC_update(context, (const unsigned char *)"\n", 1);
    EVP_MAC_update(context, (const unsigned char *)text, sizeof text);
    size_t written = 0;
    EVP_MAC_final(context, digest, &written, sizeof digest);
    EVP_MAC_CTX_free(context);
    hexadecimal(digest, sizeof digest, expected);
    return CRYPTO_memcmp(fields[5], expected, sizeof expected) == 0;
}

static struct peer *peer_at(int poll, int descriptor) {
    struct peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL) fail("calloc");
    peer->descriptor = descriptor;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl");
    return peer;
}

/* Reads what has arrived; 0 if the peer has closed the connection. */
static int receive(struct peer *peer) {
    ssize_t count = recv(peer->descriptor, peer->bytes + peer->held, CAPACITY - peer->held, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
    if (count <= 0) return 0;
    peer->held += (size_t)count;
    return 1;
}

static void drop_frame(struct peer *peer, size_t length) {
    peer->held -= length;
    memmove(peer->bytes, peer->bytes + length, peer->held);
}

static void answer(const char *path, const char *file, const char *key) {
    size_t size;
    unsigned char *reply = contents(file, &size);
    EVP_MAC_CTX *template = key == NULL ? NULL : template_of(key);
    struct sockaddr_un name = address(path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&name, sizeof name) < 0 || listen(listener, 128) < 0) fail(path);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[64] = {{.events = EPOLLIN, .data.ptr = NULL}};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, listener, events) < 0) fail("epoll_ctl");
    for (;;) {
        int count = epoll_wait(poll, events, 64, -1);
        for (int index = 0; index < count; index++) {
            struct peer *peer = events[index].data.ptr;
            if (peer == NULL) {
                int descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
                /* The agent sends the first frame, so this server does as well. */
                if (descriptor >= 0) send_all(peer_at(poll, descriptor)->descriptor, reply, size);
                continue;
            }
            if (!receive(peer)) {
                close(peer->descriptor);
                free(peer);
                continue;
            }
            size_t length;
            while ((length = frame_length(peer->bytes, peer->held)) > 0) {
                size_t token = (size_t)peer->bytes[6] << 8 | peer->bytes[7];
                const unsigned char *body = peer->bytes + HEADER + token;
                if (template != NULL && !is_right(template, peer->bytes + HEADER, token, body, length - HEADER - token)) {
                    fprintf(stderr, "reference: a token is not right\n");
                    exit(1);
                }
                send_all(peer->descriptor, reply, size);
                drop_frame(peer, length);
            }
        }
    }
}

static int64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void ask(const char *path, const char *file, int connections, int64_t duration) {
    size_t size;
    unsigned char *request = contents(file, &size);
    struct sockaddr_un name = address(path);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int index = 0; index < connections; index++) {
        int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(descriptor, (struct sockaddr *)&name, sizeof name) < 0) fail(path);
        peer_at(poll, descriptor);
    }
    struct epoll_event events[64];
    int64_t answers = 0, begin = 0, end = INT64_MAX;
    int greeted = 0;
    while (microseconds() < end) {
        int count = epoll_wait(poll, events, 64, 1000);
        for (int index = 0; index < count; index++) {
            struct peer *peer = events[index].data.ptr;
            if (!receive(peer)) {
                fprintf(stderr, "reference: the server closed a connection\n");
                exit(1);
            }
            size_t length;
            while ((length = frame_length(peer->bytes, peer->held)) > 0) {
                /* A response has "result" soon after its id; error responses must not be measured. */
                if (peer->bytes[4] == 3 && memmem(peer->bytes, length, "\"result\"", 8) == NULL) {
                    fprintf(stderr, "reference: %.*s\n", (int)(length - HEADER), (char *)peer->bytes + HEADER);
                    exit(1);
                }
                drop_frame(peer, length);
                if (greeted < connections) {
                    /* The time starts when every connection has received its first frame. */
                    if (++greeted == connections) {
                        begin = microseconds();
                        end = begin + duration * 1000;
                    }
                } else {
                    answers++;
                }
                send_all(peer->descriptor, request, size);
            }
        }
    }
    printf("%lld %lld\n", (long long)answers, (long long)(microseconds() - begin));
}

int main(int count, char **words) {
    if ((count == 4 || count == 5) && strcmp(words[1], "answer") == 0) {
        answer(words[2], words[3], words[4]);
    } else if (count == 6 && strcmp(words[1], "ask") == 0) {
        ask(words[2], words[3], atoi(words[4]), atoi(words[5]));
    } else {
        fprintf(stderr, "usage: reference answer SOCKET FRAME [KEY] | ask SOCKET FRAME CONNECTIONS MILLISECONDS\n");
        return 64;
    }
    return 0;
}
