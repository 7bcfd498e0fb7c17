/* One conversation over Osmocom's CTRL interface: a question, an answer, until a total deadline.
 * A frame is a 16-bit big-endian length of what follows the 0xEE, then 0xEE (IPA: Osmocom), 0x00
 * (CTRL), then text such as "GET 1 subscriber.by-imsi-454061234567890.info".
 * Nothing the peer sends is trusted: a frame over CTRL_FRAME, another protocol, an answer to what
 * was not asked, or too many traps end the conversation; the caller then asks again later. */
#ifndef RINGOFF_CTRL_H
#define RINGOFF_CTRL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CTRL_FRAME = 4096, /* the most that the length of a frame may say */
    CTRL_TRAPS = 64,   /* messages nobody asked for, skipped before one answer */
};

enum ctrl_answer {
    CTRL_VALUE,   /* value is what was asked for */
    CTRL_REFUSED, /* value is the text of the peer's ERROR */
    CTRL_BROKEN,  /* the conversation is over; cause says why */
};

struct ctrl_link {
    int socket;        /* -1 when closed; owned */
    int64_t deadline;  /* of the whole conversation, by clock_steady */
    uint32_t asked;    /* id of the last question */
    char *value;       /* of the last answer, in frame, NUL-terminated; until the next question */
    const char *cause; /* a constant; set with CTRL_BROKEN */
    char frame[CTRL_FRAME + 1];
};

/* What one frame's text is, given what was asked. */
enum ctrl_text { CTRL_TEXT_VALUE, CTRL_TEXT_ERROR, CTRL_TEXT_TRAP, CTRL_TEXT_NONSENSE };
/* Reads the text of a frame in place (NUL-terminated); verb is GET or SET, id and variable those of
 * the question. *value points into text for a value and an error. Pure. */
enum ctrl_text ctrl_text_read(char *text, const char *verb, uint32_t id, const char *variable,
                              char **value);
/* Connects to an IPv4 or IPv6 address (no name: resolving has no deadline) until the deadline by
 * clock_steady. False with link->cause when it cannot. To be closed in either case. */
bool ctrl_open(struct ctrl_link *link, const char *address, uint16_t port, int64_t deadline);
/* Asks one question and waits for its answer; value NULL makes it a GET, else a SET. Neither may
 * hold a space but value, nor a control character. After CTRL_BROKEN only ctrl_close is allowed. */
enum ctrl_answer ctrl_ask(struct ctrl_link *link, const char *variable, const char *value);
void ctrl_close(struct ctrl_link *link);
#endif
