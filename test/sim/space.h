/* The space of closures: every state that can be reached, every action on it, at every instant
 * around every boundary, with the design's rules (section 2) checked on each step. The actions go
 * through a table of functions, so that a test can put a broken one in and see the checker name
 * the rule that it breaks. */
#ifndef RINGOFF_SPACE_H
#define RINGOFF_SPACE_H
#include <stddef.h>

#include "rules/closing.h"
#include "rules/closure.h"

typedef enum refusal move(struct closure *, const struct policy *, int64_t now);

struct moves {
    enum refusal (*open)(struct closure *, const struct line *, const struct policy *, bool matched,
                         int64_t now);
    enum refusal (*confirm)(struct closure *, const struct policy *, enum confirm_by, int64_t now);
    enum refusal (*cut)(struct closure *, const struct policy *, enum cut_how, const char *evidence,
                        int64_t by, int64_t now);
    enum refusal (*finish)(struct closure *, const struct policy *, const struct closing *,
                           int64_t now);
    struct closing (*plan)(const struct line *, const struct closure *, int64_t paid,
                           int64_t promotional, const struct policy *, int64_t now);
    struct closure_status (*derive)(const struct closure *, const struct policy *);
    enum refusal (*document)(struct closure *, const struct policy *, int64_t document,
                             int64_t now);
    enum refusal (*identify)(struct closure *, const struct policy *, enum identified_by,
                             int64_t now);
    enum refusal (*refuse)(struct closure *, const struct policy *, enum document_reason,
                           int64_t now);
    enum refusal (*erase)(struct closure *, const struct policy *, int64_t next, int64_t now);
    enum refusal (*reject)(struct closure *, const struct policy *, enum document_reason,
                           int64_t now);
    move *code_wrong, *resend, *deliver, *withdraw, *start, *expire, *escalate, *remind;
};

enum action {
    DO_OPEN,
    DO_OPEN_UNMATCHED,
    DO_CONFIRM_LINK,
    DO_CONFIRM_CODE,
    DO_CODE_WRONG,
    DO_RESEND,
    DO_DELIVER,
    DO_DOCUMENT,
    DO_IDENTIFY,
    DO_IDENTIFY_ORIGINAL,
    DO_REFUSE_DOCUMENT,
    DO_REJECT,
    DO_WITHDRAW,
    DO_START,
    DO_CUT,
    DO_CUT_ATTESTED,
    DO_CUT_WITHOUT_EVIDENCE,
    DO_CUT_BY_NOBODY,
    DO_FINISH,
    DO_EXPIRE,
    DO_ESCALATE,
    DO_REMIND,
    DO_ERASE,
    DO_COUNT
};

/* The rules of design.md, section 2, that the checker watches; one bit each in a result. */
enum rule {
    RULE_DUE,        /* due is submitted + 24 hours and never moves */
    RULE_ONCE,       /* a fact that is there never changes and never goes */
    RULE_REFUSAL,    /* a refusal changes nothing but an attempt counter */
    RULE_FINAL,      /* closed, withdrawn, rejected, expired: for ever */
    RULE_CONFIRMED,  /* a person's line is not cut without the person's confirmation */
    RULE_IDENTIFIED, /* nor without identity */
    RULE_UNDO,       /* nor before the undo window is over */
    RULE_FITS,       /* links, undo window and margin fit inside the day */
    RULE_CUT_FIRST,  /* deregistered only after the network was cut */
    RULE_EVIDENCE,   /* cut only with evidence; attested by somebody */
    RULE_NOT_LATE,   /* not withdrawn while it is executed or after */
    RULE_OPERATOR,   /* what waits for the operator never expires */
    RULE_DELIVERED,  /* nor what waits for a message that never left the house */
    RULE_PATIENCE,   /* what waits for the person does not expire while it still fits */
    RULE_TIMER,      /* next_at is when the timer has something to do, no sooner, no later */
    RULE_STAFF,      /* at due - 4 h without success the staff is called, and not before */
    RULE_WAITS,      /* an open closure waits for someone, a closed one for nobody */
    RULE_ATTEMPTS,   /* a code takes so many guesses, is sent so often */
    RULE_CODE_LIFE,  /* a code by SMS lives 10 minutes at most */
    RULE_QUARANTINE, /* 45 days at least, but none when ported out */
    RULE_RETENTION,  /* the registration is kept 12 months at least */
    RULE_MONEY,      /* all paid credit becomes unclaimed, and can be claimed for a year */
    RULE_DOCUMENTS,  /* one document waits at a time, and so many come in all */
    RULE_LOOKED_AT,  /* an identity is accepted by a document that waits, or by the original */
    RULE_GRACE,      /* after a refusal there is time for another document */
    RULE_ORIGINAL,   /* who comes with the original needs nothing else */
    RULE_ERASED,     /* a document that was decided on, or whose case ended, has its date */
    RULE_COUNT
};

struct space {
    const struct moves *moves;
    struct policy policy;
    enum closure_basis basis;
    int64_t contact, unreachable;
    uint32_t broken; /* a bit of each rule that was broken */
    size_t states, steps, accepted;
    bool full; /* there was no more room */
};

/* The functions of src/rules. */
extern const struct moves true_moves;
/* A short name for messages. Static. */
const char *rule_name(enum rule rule);
/* Explores all of the space breadth-first. A step that breaks a rule is not followed further. */
void space_explore(struct space *space);

/* One step, for the rules: before and after an action at a time, and what it answered. */
struct step {
    const struct space *space;
    const struct closure *before, *after;
    enum action action;
    enum refusal refusal;
    int64_t now;
    const struct closing *plan; /* that DO_FINISH was given */
};
/* The bits of the rules that the step breaks. */
uint32_t space_judge(const struct step *step);
enum { SPACE_PAID = 8640, SPACE_PROMOTIONAL = 1200 };
#endif
