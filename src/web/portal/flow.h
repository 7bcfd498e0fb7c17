/* Where somebody is in registering, in setting a forgotten password anew, or in opening a status by
 * e-mail: kept in a sealed
 * cookie of the browser, never in an address. It survives reloads and other tabs; losing it only
 * means to begin again. Nothing here says whether a number or an address is known. */
#ifndef RINGOFF_PORTAL_FLOW_H
#define RINGOFF_PORTAL_FLOW_H
#include "base/secret.h"
#include "rules/row.h"
#include "web/request.h"

enum flow_step {
    FLOW_NONE,
    FLOW_CODE,
    FLOW_CONTACT,
    FLOW_VERIFY,
    FLOW_DONE,
    FLOW_RESET_CODE, /* a forgotten password: code and ID number, then the new one */
    FLOW_RESET_PASSWORD,
    FLOW_STATUS_CODE, /* a status without its secret */
    FLOW_STEPS
};

struct flow {
    enum flow_step step;
    int64_t challenge, sent_at; /* sent_at: when the last code was */
    int64_t claims;             /* 1: without the SIM, by the ID number */
    char holder[TOKEN_TEXT], number[NUMBER_SIZE], email[EMAIL_SIZE];
};

/* Reads the cookie; step FLOW_NONE when there is none that counts. */
void flow_read(struct request *request, struct flow *flow);
/* Writes it, with the life that its step has. */
void flow_write(struct request *request, const struct flow *flow);
/* Opens a step's page: true when the browser is at this step; else it was sent to where it is. */
bool flow_at(struct request *request, enum flow_step step, struct flow *flow);
/* A copy as request->own, for `then` to go on with; NULL when the arena is full. */
struct flow *flow_carry(struct request *request, const struct flow *flow);
/* The page of a step: "/register/code". Static. */
const char *flow_path(enum flow_step step);
/* Data that the steps' pages show: number_text, email, code_until_text. A new reference. */
json_t *flow_data(struct request *request, const struct flow *flow);
#endif
