/* The pages of credit that goes to another line: where it goes and how much, check your answers,
 * and what went. What was typed on the way stands in a sealed cookie, so that no address holds a
 * number; whose the other line is stands nowhere. */
#ifndef RINGOFF_PORTAL_TRANSFER_H
#define RINGOFF_PORTAL_TRANSFER_H
#include <jansson.h>

#include "rules/row.h"
#include "web/request.h"

/* transfer.c: where, and how much */
void transfer_page(struct request *request);
/* transfer_check.c: check your answers; what went */
void transfer_check_page(struct request *request);
void transfer_done_page(struct request *request);

/* --- the two forms among themselves --- */

struct sending {
    int64_t line, target; /* target 0: the number */
    int64_t amount_minor;
    char number[NUMBER_SIZE];
};
/* Reads what was answered for this line; false when there is nothing (any more). */
bool sending_read(struct request *request, int64_t line, struct sending *sending);
void sending_write(struct request *request, const struct sending *sending);
void sending_end(struct request *request, int64_t line);
/* A short hash of it: the check page's form carries it, so that what goes is what was shown. */
const char *sending_mark(struct request *request, const struct sending *sending);
/* The form with these answers (NULL: none) and a fault beside its field when refusal is one, of the
 * view, which is used up; where nothing can go, why. */
void transfer_answer(struct request *request, json_t *view, const struct sending *sending,
                     const char *field, enum refusal refusal);
/* Why nothing can go from the line now, and what to do instead; the view is used up. */
void transfer_stopped(struct request *request, json_t *view, enum refusal refusal);
/* True when the password was given a short while ago; else the person was sent to give it and
 * comes back to the page ("", "/check"). */
bool transfer_stepped_up(struct request *request, int64_t line, const char *page);
#endif
