/* Who looks at the documents that people send, and decides on them: identity.show, .accept and
 * .reject, each by a named member of staff whose name is in the journal with it. A decision by a
 * picture names the picture that was looked at, so that nobody decides on one he has not seen; who
 * is there with the original needs none. */
#ifndef RINGOFF_IDENTITY_COMMANDS_H
#define RINGOFF_IDENTITY_COMMANDS_H
#include "store/internal.h"
#include "store/verb.h"

struct identity_show {
    int64_t closure, line; /* line: filled by prepare, and checked again; so below */
};
struct identity_accept {
    int64_t closure, line;
    int64_t document; /* that was looked at; not needed with the original */
    int64_t original; /* 1: the person was there with it */
};
struct identity_reject {
    int64_t closure, line;
    int64_t document;
    char reason[CODE_SIZE]; /* rules/document.h */
    int64_t end;            /* 1: it is certain that somebody else asks; the closure ends */
};

/* {closure} -> result closure: the registered name and document number, beside what was sent. They
 * are in this answer only, and the journal says who asked. */
extern const struct verb identity_show_verb;
/* {closure, document or original} -> result closure: the identity is accepted, and the person told.
 * With the original it confirms the closing too (closure_identify). */
extern const struct verb identity_accept_verb;
/* {closure, document, reason, end} -> result closure: the document is refused, the person is told
 * why and may send another; with end the closure is rejected for good. */
extern const struct verb identity_reject_verb;
#endif
