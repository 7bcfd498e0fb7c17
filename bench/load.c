/* bench/load --port N|--socket PATH --connections N --file REQUESTS [--seconds N] [--answers FILE]:
 * sends HTTP requests over kept connections, one at a time on each, and says how fast they were
 * answered. The file holds whole requests, each behind its length on a line. Each is sent once;
 * with --seconds they are sent round and round for so long. Prints JSON: answers by status,
 * requests a second, p50, p99 and longest in microseconds, and the CPU seconds this program took
 * itself. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench/bench.h"

enum { ANSWER_ROOM = 256 * 1024, EVENTS = 256, STATUSES = 600, SILENCE_MS = 30000 };

struct request {
    const char *text;
    size_t length;
};

struct connection {
    int fd;
    size_t request, sent, length; /* length: of the answer so far */
    double from;                  /* seconds */
    char *answer;
};

struct run {
    struct request *requests;
    size_t count, next, done, room;
    bool round;
    double until;
    uint32_t *latencies; /* microseconds */
    size_t latency_room;
    int64_t statuses[STATUSES];
    FILE *answers;
    struct connection *connections;
    size_t connection_count, open;
    int epoll;
};

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, errno ? strerror(errno) : "broken");
    exit(1);
}

/* "LENGTH\n" and so many bytes, again and again. */
static void requests_read(struct run *run, const char *path) {
    struct stat about;
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &about) != 0)
        fail(path);
    size_t size = (size_t)about.st_size;
    char *text = malloc(size + 1), *end = text + size;
    if (!text || fread(text, 1, size, file) != size)
        fail(path);
    *end = '\0';
    fclose(file);
    for (char *at = text; at < end;) {
        char *body = NULL;
        unsigned long length = strtoul(at, &body, 10);
        if (*body != '\n' || length > (size_t)(end - body - 1))
            fail("the requests' file");
        if (run->count == run->room) {
            run->room = run->room ? 2 * run->room : 4096;
            run->requests = realloc(run->requests, run->room * sizeof *run->requests);
            if (!run->requests)
                fail("memory");
        }
        run->requests[run->count++] = (struct request){body + 1, length};
        at = body + 1 + length;
    }
    if (run->count == 0)
        fail("no requests");
}

static void watch(struct run *run, struct connection *c, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(run->epoll, operation, c->fd, &event) != 0)
        fail("epoll_ctl");
}

static void request_push(struct run *run, struct connection *c) {
    const struct request *request = &run->requests[c->request];
    while (c->sent < request->length) {
        ssize_t n = send(c->fd, request->text + c->sent, request->length - c->sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            watch(run, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n <= 0)
            fail("send");
        c->sent += (size_t)n;
    }
}

/* The next request on this connection; it is closed when there is none any more. */
static void request_begin(struct run *run, struct connection *c) {
    bool over = run->round ? bench_seconds() >= run->until : run->next == run->count;
    if (over) {
        close(c->fd);
        c->fd = -1;
        run->open--;
        return;
    }
    if (run->next == run->count)
        run->next = 0;
    c->request = run->next++;
    c->sent = c->length = 0;
    c->from = bench_seconds();
    request_push(run, c);
}

/* The length of the whole answer once its head is there; 0 before. */
static size_t answer_length(const struct connection *c, size_t *head) {
    char *end = memmem(c->answer, c->length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    *head = (size_t)(end - c->answer) + 4;
    for (char *at = c->answer; at < end; at = memmem(at, *head, "\r\n", 2), at += 2)
        if (strncasecmp(at, "Content-Length:", 15) == 0)
            return *head + strtoul(at + 15, NULL, 10);
    errno = 0;
    fail("an answer without Content-Length");
    return 0;
}

static void answer_take(struct run *run, struct connection *c, size_t head, size_t whole) {
    long status = c->length > 12 ? strtol(c->answer + 9, NULL, 10) : 0;
    if (status < 100 || status >= STATUSES)
        fail("an answer's status");
    run->statuses[status]++;
    if (run->done == run->latency_room) {
        run->latency_room = run->latency_room ? 2 * run->latency_room : 1 << 16;
        run->latencies = realloc(run->latencies, run->latency_room * sizeof *run->latencies);
        if (!run->latencies)
            fail("memory");
    }
    run->latencies[run->done++] = (uint32_t)((bench_seconds() - c->from) * 1e6);
    if (run->answers)
        fprintf(run->answers, "%zu\t%ld\t%.*s\n", c->request, status, (int)(whole - head),
                c->answer + head);
    request_begin(run, c);
}

static void connection_read(struct run *run, struct connection *c) {
    size_t head = 0;
    ssize_t n = recv(c->fd, c->answer + c->length, ANSWER_ROOM - 1 - c->length, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        fail(n == 0 ? "the server closed a connection" : "recv");
    c->length += (size_t)n;
    c->answer[c->length] = '\0';
    size_t whole = answer_length(c, &head);
    if (whole >= ANSWER_ROOM)
        fail("an answer is too long");
    if (whole && c->length >= whole)
        answer_take(run, c, head, whole);
}

static void socket_open(struct connection *c, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(path);
}

static void port_open(struct connection *c, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void requests_run(struct run *run) {
    struct epoll_event events[EVENTS];
    for (size_t i = 0; i < run->connection_count; i++) {
        struct connection *c = &run->connections[i];
        watch(run, c, EPOLL_CTL_ADD, EPOLLIN);
        request_begin(run, c);
    }
    while (run->open > 0) {
        int count = epoll_wait(run->epoll, events, EVENTS, SILENCE_MS);
        if (count <= 0)
            fail("no answer for half a minute");
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(run, c, EPOLL_CTL_MOD, EPOLLIN);
                request_push(run, c);
            }
            if (events[i].events & ~(uint32_t)EPOLLOUT)
                connection_read(run, c);
        }
    }
}

static int compare(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

static void result_print(struct run *run, double seconds) {
    qsort(run->latencies, run->done, sizeof *run->latencies, compare);
    printf("{\"requests\": %zu, \"seconds\": %.6f, \"a_second\": %.1f, \"p50_us\": %u, "
           "\"p99_us\": %u, \"longest_us\": %u, \"client_cpu\": %.3f, \"statuses\": {",
           run->done, seconds, (double)run->done / seconds, run->latencies[run->done / 2],
           run->latencies[run->done * 99 / 100], run->latencies[run->done - 1], bench_cpu());
    const char *comma = "";
    for (int i = 0; i < STATUSES; i++)
        if (run->statuses[i]) {
            printf("%s\"%d\": %" PRId64, comma, i, run->statuses[i]);
            comma = ", ";
        }
    printf("}}\n");
}

int main(int argc, char **argv) {
    struct run run = {.epoll = epoll_create1(EPOLL_CLOEXEC)};
    const char *file = bench_option(argc, argv, "--file"),
               *answers = bench_option(argc, argv, "--answers"),
               *path = bench_option(argc, argv, "--socket");
    int64_t port = bench_number(argc, argv, "--port", 0),
            seconds = bench_number(argc, argv, "--seconds", 0);
    run.connection_count = (size_t)bench_number(argc, argv, "--connections", 1);
    if (!file || (!port && !path) || !run.connection_count)
        fail("usage: --port N --connections N --file REQUESTS");
    requests_read(&run, file);
    run.answers = answers ? fopen(answers, "we") : NULL;
    run.connections = calloc(run.connection_count, sizeof *run.connections);
    if ((answers && !run.answers) || !run.connections || run.epoll < 0)
        fail("start");
    for (size_t i = 0; i < run.connection_count; i++) {
        struct connection *c = &run.connections[i];
        c->answer = malloc(ANSWER_ROOM);
        if (!c->answer)
            fail("memory");
        if (path)
            socket_open(c, path);
        else
            port_open(c, (uint16_t)port);
        run.open++;
    }
    double from = bench_seconds();
    run.round = seconds > 0;
    run.until = from + (double)seconds;
    requests_run(&run);
    double took = bench_seconds() - from;
    if (run.answers && fclose(run.answers) != 0)
        fail(answers);
    result_print(&run, took);
    fflush(stdout);
    _exit(0); /* what it holds is the system's to take back */
}
