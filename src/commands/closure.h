/* The verbs of a closure: submit, send again, confirm, withdraw, and the timer's advance.
 * Thin over rules/closure.h: a verb finds out who asks with what proof, lets the rules change the
 * facts, and says whom to tell. All of them lock the line; `line` is filled by prepare (or by the
 * caller, when it has read the closure already) and checked again in decide. */
#ifndef RINGOFF_CLOSURE_COMMANDS_H
#define RINGOFF_CLOSURE_COMMANDS_H
#include "rules/closure_secret.h"
#include "store/internal.h"
#include "store/verb.h"

/* A code as people type it, with room for blanks and full-width digits. */
enum { CONFIRM_CODE_SIZE = 40, STATUS_TYPED_SIZE = 80 };

struct closure_submit {
    int64_t line;
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
    int64_t contact; /* where the confirmation goes; 0 = the line */
    int64_t nowhere; /* neither of them reaches the person */
    char reason[REASON_SIZE], language[16];
};
struct closure_resend {
    int64_t closure, line;
    int64_t contact, to_line; /* both 0: where it went before */
    char status_secret[STATUS_TYPED_SIZE];
};
struct closure_confirm {
    int64_t closure, line;
    char code[CONFIRM_CODE_SIZE], secret[TOKEN_TEXT];
    char reference[REFERENCE_SIZE]; /* as typed at the door; counted when there is none such */
};
struct closure_withdraw {
    int64_t closure, line;
    char code[CONFIRM_CODE_SIZE], secret[TOKEN_TEXT];
};

/* closure.document. Not from a form or a JSON body: the door that carries the bytes fills it. */
struct closure_document {
    int64_t closure, line;
    int64_t type, size, pieces;    /* enum document_format; bytes; sealed pieces; none is 0 */
    char digest[CONTENT_KEY_SIZE]; /* keyed hash of the bytes, as text: a key with another file is
                                    * refused; it is kept nowhere */
    char key[CONTENT_KEY_SIZE]; /* base64url of the 32 bytes under which the pieces are sealed; not
                                 * a field of the input, for it is drawn anew each time */
    struct bytes content;       /* the sealed pieces; whoever asks keeps them until the answer */
};
/* Fills one from a file that came whole and without a fault. */
void closure_document_fill(struct closure_document *in, int64_t closure,
                           const struct content *content);

struct closure_renew_secret {
    int64_t closure, line;
};

/* {line, document_type, document, contact, reason, language} -> result closure. Subscriber with a
 * fresh password, or API. A wrong ID number spends attempts of line and account. */
extern const struct verb closure_submit_verb;
/* {closure, contact, to_line, status_secret} -> result closure: a new code and link, the old ones
 * are void. Subscriber, API, or anybody with the status secret (then only where it went before). */
extern const struct verb closure_resend_verb;
/* {closure, code or secret} -> result closure. Whoever holds the link's secret or the code. A
 * second time: REFUSED_CODE_USED, with the closure as the result so that its status can be shown.
 * A right link confirms even when attempts are spent. A wrong code is REFUSED_CODE_WRONG whether
 * there is such a closure or not. */
extern const struct verb closure_confirm_verb;
/* {closure, code or secret} -> result closure. The status secret shows, and calls nothing off. */
extern const struct verb closure_withdraw_verb;
/* {closure} -> result closure: another status secret, the old one is void. For the account or key
 * that submitted it; a subscriber with a fresh password. */
extern const struct verb closure_renew_secret_verb;
/* {closure, type, size, pieces, digest} and the key -> result closure: a document was sent and
 * waits to be looked at. For the account that proved the line (no step-up: it takes nothing away),
 * and for integrators and staff with the scope. Refuses as closure_may_document, and REFUSED_INPUT
 * for a type, size, number of pieces or key that cannot be.
 * The document's row, its content, the closure's facts and the work item are one commit.
 */
extern const struct verb closure_document_verb;
/* System: does the one step that is due, or REFUSED_UNCHANGED. */
extern const struct verb closure_advance_verb;
#endif
