/* The portal's pages on what becomes of a closing line's credit: the choice, the way, the payee or
 * the other line, the consent, check your answers, done. The same pages choose before the closing
 * and claim afterwards. What was answered on the way stands in a sealed cookie. */
#ifndef RINGOFF_PORTAL_SETTLE_H
#define RINGOFF_PORTAL_SETTLE_H
#include "commands/settlement.h"
#include "web/portal/closing.h"

/* settle_choice.c: what should happen to it; the consent. */
void settle_choice_page(struct request *request);
void settle_leave_page(struct request *request);
/* settle_where.c: the way, the payee, the other line. */
void settle_way_page(struct request *request);
void settle_payee_page(struct request *request);
void settle_line_page(struct request *request);
/* settle_check.c: check your answers; what came of it. */
void settle_check_page(struct request *request);
void settle_done_page(struct request *request);

/* --- among themselves (settle.c) --- */

struct settle_page {
    int64_t closure;
    bool claiming;                   /* after the closing */
    bool owner;                      /* signed in, and the closure is theirs */
    json_t *credit;                  /* the view settlement, presented */
    json_t *shown;                   /* the view closure, presented */
    char secret[STATUS_SECRET_SIZE]; /* of who is not the owner */
};
/* Opens it for who may choose or claim now: with a fresh password, or for a claim with the status
 * secret that this browser showed. False, and answered: sent to sign in, to give the password, to
 * the status, or refused. */
bool settle_open(struct request *request, const char *page, struct settle_page *to);
/* Gives the views back. */
void settle_close(struct settle_page *page);
/* The view settlement for who may see the closure; NULL when there is none. Answers nothing. */
json_t *settle_view(struct request *request, const struct access *access);
/* The page's data: credit, closure, claiming; takes both views over. */
json_t *settle_data(struct settle_page *page);
/* "/closures/ID/credit" and what follows. */
const char *settle_path(struct request *request, int64_t closure, const char *page);

struct settle_answers {
    int64_t closure;
    char choice[CODE_SIZE];
    struct payee_input to;
    struct credit_target at;
};
/* False when there are none (any more): *answers is empty then, but for the closure. */
bool settle_answers_read(struct request *request, int64_t closure, struct settle_answers *answers);
/* Keeps them in the cookie, or takes that away. */
void settle_answers_write(struct request *request, const struct settle_answers *answers);
void settle_answers_end(struct request *request, int64_t closure);
/* A short hash of them, as answers_mark. */
const char *settle_mark(struct request *request, const struct settle_answers *answers);
/* The pages with what was answered, and a fault beside the field when text is not NULL. */
void settle_payee_answer(struct request *request, struct settle_page *page,
                         const struct settle_answers *answers, const char *field, const char *text,
                         enum refusal refusal);
void settle_line_answer(struct request *request, struct settle_page *page,
                        const struct settle_answers *answers, const char *field, const char *text,
                        enum refusal refusal);
/* True for a way for which nothing is typed. */
bool settle_way_bare(const char *way);
#endif
