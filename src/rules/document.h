/* The documents that people send to prove who they are: in which form, what becomes of one, and the
 * closed list of reasons why one is refused. Each reason comes with a sentence that the person
 * understands and can act on. A document that came this way was never checked against the
 * original, and says so wherever it is shown (code of practice on the ID card number). */
#ifndef RINGOFF_DOCUMENT_H
#define RINGOFF_DOCUMENT_H

enum { DOCUMENTS_A_CLOSURE = 5 }; /* sent one after the other, each when the last was refused */

enum document_format { FORMAT_NONE, FORMAT_JPEG, FORMAT_PNG, FORMAT_PDF, FORMAT_COUNT };
enum document_decision { DECISION_NONE, DECISION_ACCEPTED, DECISION_REFUSED, DECISION_COUNT };

/* How an identity came to be accepted. */
enum identified_by {
    IDENTIFIED_NOT,
    IDENTIFIED_MATCH,    /* the ID number given is the registered one */
    IDENTIFIED_DOCUMENT, /* a picture was looked at; not checked against the original */
    IDENTIFIED_ORIGINAL, /* the person was there with the original */
    IDENTIFIED_COUNT
};

enum document_reason {
    REASON_NONE,
    REASON_UNREADABLE,     /* blurred, dark, covered */
    REASON_CUT_OFF,        /* an edge is missing */
    REASON_NO_DOCUMENT,    /* something else is on the picture */
    REASON_OTHER_DOCUMENT, /* not the one that is registered */
    REASON_EXPIRED,        /* no longer valid */
    REASON_NAME_DIFFERS,   /* from the registered name */
    REASON_SOMEBODY_ELSES, /* the document of another person */
    REASON_CHANGED,        /* it seems to have been altered */
    REASON_COUNT
};

/* Stable, lower_case: "jpeg", "accepted", "original", "cut_off"; "" for none and out of range.
 * Static. */
const char *document_format_code(int format);
const char *document_decision_code(int decision);
const char *identified_by_code(int by);
const char *document_reason_code(int reason);
/* The reason of a code, or REASON_NONE. */
enum document_reason document_reason_of(const char *code);
/* msgid: why it was refused and what to do about it, for the person; "" for none. Static. */
const char *document_reason_sentence(int reason);
#endif
