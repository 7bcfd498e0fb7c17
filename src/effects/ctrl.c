#include "effects/ctrl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { HEADER = 4, IPA_OSMO = 0xee, IPA_CTRL = 0x00, QUESTION = 256 };

static bool link_break(struct ctrl_link *link, const char *cause) {
    link->cause = cause;
    return false;
}

/* Waits until the socket is ready or the deadline has passed. */
static bool link_wait(struct ctrl_link *link, short events) {
    for (;;) {
        int64_t left = link->deadline - clock_steady();
        if (left <= 0)
            return link_break(link, "no answer in time");
        struct pollfd poll_entry = {.fd = link->socket, .events = events};
        int ready = poll(&poll_entry, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return link_break(link, "the wait failed");
    }
}

static bool link_send(struct ctrl_link *link, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(link->socket, bytes, length, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (!link_wait(link, POLLOUT))
                return false;
        } else {
            return link_break(link, "the connection was lost");
        }
    }
    return true;
}

static bool link_receive(struct ctrl_link *link, void *bytes, size_t length) {
    uint8_t *to = bytes;
    while (length > 0) {
        if (!link_wait(link, POLLIN)) /* also when bytes are there: the deadline is total */
            return false;
        ssize_t got = recv(link->socket, to, length, 0);
        if (got > 0) {
            to += got;
            length -= (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            return link_break(link, "the connection was lost");
        }
    }
    return true;
}

/* One frame's text into link->frame. */
static bool frame_receive(struct ctrl_link *link) {
    uint8_t header[HEADER];
    if (!link_receive(link, header, sizeof header))
        return false;
    size_t length = (size_t)header[0] << 8 | header[1];
    if (header[2] != IPA_OSMO || header[3] != IPA_CTRL)
        return link_break(link, "the peer does not speak CTRL");
    if (length < 2 || length > CTRL_FRAME)
        return link_break(link, "a frame of a size that is refused");
    length -= 1; /* the 0x00 is counted and was read */
    if (!link_receive(link, link->frame, length))
        return false;
    link->frame[length] = '\0';
    if (strlen(link->frame) != length)
        return link_break(link, "a frame that is not text");
    return true;
}

static bool connect_start(struct ctrl_link *link, const struct sockaddr *address, socklen_t size) {
    link->socket = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->socket < 0)
        return link_break(link, "no socket to be had");
    if (connect(link->socket, address, size) == 0)
        return true;
    if (errno != EINPROGRESS && errno != EINTR)
        return link_break(link, "the connection was refused");
    int fault = 0;
    socklen_t fault_size = sizeof fault;
    if (!link_wait(link, POLLOUT))
        return false;
    if (getsockopt(link->socket, SOL_SOCKET, SO_ERROR, &fault, &fault_size) != 0 || fault != 0)
        return link_break(link, "the connection was refused");
    return true;
}

bool ctrl_open(struct ctrl_link *link, const char *address, uint16_t port, int64_t deadline) {
    *link = (struct ctrl_link){.socket = -1, .deadline = deadline};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return connect_start(link, (const struct sockaddr *)&four, sizeof four);
    if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1)
        return connect_start(link, (const struct sockaddr *)&six, sizeof six);
    return link_break(link, "the address is not an IP address");
}

/* Cuts the word at the start of *text off; NULL when no space follows it. */
static char *word_cut(char **text) {
    char *word = *text;
    char *space = strchr(word, ' ');
    if (!space)
        return NULL;
    *space = '\0';
    *text = space + 1;
    return word;
}

enum ctrl_text ctrl_text_read(char *text, const char *verb, uint32_t id, const char *variable,
                              char **value) {
    char id_text[16], reply[16];
    snprintf(id_text, sizeof id_text, "%u", (unsigned)id);
    snprintf(reply, sizeof reply, "%s_REPLY", verb);
    const char *kind = word_cut(&text);
    if (!kind)
        return CTRL_TEXT_NONSENSE;
    if (strcmp(kind, "TRAP") == 0)
        return CTRL_TEXT_TRAP;
    const char *answered = word_cut(&text);
    if (!answered || strcmp(answered, id_text) != 0)
        return CTRL_TEXT_NONSENSE;
    *value = text;
    if (strcmp(kind, "ERROR") == 0)
        return CTRL_TEXT_ERROR;
    const char *named = word_cut(&text);
    *value = text;
    if (strcmp(kind, reply) != 0 || !named || strcmp(named, variable) != 0)
        return CTRL_TEXT_NONSENSE;
    return CTRL_TEXT_VALUE;
}

static bool question_send(struct ctrl_link *link, const char *variable, const char *value) {
    uint8_t question[HEADER + QUESTION];
    char *text = (char *)question + HEADER;
    int length = snprintf(text, QUESTION, "%s %u %s%s%s", value ? "SET" : "GET",
                          (unsigned)link->asked, variable, value ? " " : "", value ? value : "");
    if (length < 0 || length >= QUESTION)
        return link_break(link, "the question is too long");
    question[0] = (uint8_t)((length + 1) >> 8);
    question[1] = (uint8_t)((length + 1) & 0xff);
    question[2] = IPA_OSMO;
    question[3] = IPA_CTRL;
    return link_send(link, question, HEADER + (size_t)length);
}

enum ctrl_answer ctrl_ask(struct ctrl_link *link, const char *variable, const char *value) {
    link->asked++;
    if (!question_send(link, variable, value))
        return CTRL_BROKEN;
    for (int traps = 0; traps <= CTRL_TRAPS; traps++) {
        if (!frame_receive(link))
            return CTRL_BROKEN;
        switch (ctrl_text_read(link->frame, value ? "SET" : "GET", link->asked, variable,
                               &link->value)) {
        case CTRL_TEXT_VALUE:
            return CTRL_VALUE;
        case CTRL_TEXT_ERROR:
            return CTRL_REFUSED;
        case CTRL_TEXT_TRAP:
            break;
        case CTRL_TEXT_NONSENSE:
            link_break(link, "an answer to what was not asked");
            return CTRL_BROKEN;
        }
    }
    link_break(link, "too many traps");
    return CTRL_BROKEN;
}

void ctrl_close(struct ctrl_link *link) {
    if (link->socket >= 0)
        close(link->socket);
    explicit_bzero(link->frame, sizeof link->frame);
    link->socket = -1;
    link->value = NULL;
}
