/* The presenter: what only people need, added to a view's JSON in the reader's language.
 * Beside a field `x` it sets `x_text` (a time, an amount, a duration, a number, a word) and, for
 * templates that cannot compare, `x_is_<code>` for a code and `x_some` for what is more than 0.
 * The field table of the view says what each field is; nothing is looked up and nothing refused. */
#ifndef RINGOFF_PRESENT_H
#define RINGOFF_PRESENT_H
#include <jansson.h>

#include "views/view.h"
#include "web/request.h"

/* Adds to the object (or, for {"items": […]}, to each item), and to what is inside it:
 *   time x            x_text "22 November 2026, 14:03", x_date_text, x_near_text (no year if now's)
 *   minor units x     x_text "HK$86.40", x_some (so paid_minor: paid_minor_text, paid_minor_some)
 *   integer x_days …  x_days_text "90 days" (_seconds _minutes _hours _days _months); else
 *                     x_text "1,234", x_some
 *   choice x          x_text, x_is_<code>; so for a text whose code has a word
 *   number            x_text "+852 6123 4567", x_tel "+85261234567" (only when in clear)
 *   masked ICCID …    x_text as it is
 *   texts by language x_text in the reader's language, x_lines its lines split at ';' or line ends
 * A member that is there already stays. */
void present(struct request *request, const struct view_field *fields, json_t *object);

/* The word of a code as a field of that name says it ("state", "active" -> "In use"), in the
 * reader's language; NULL when there is none. Static. */
const char *present_word(const struct request *request, const char *field, const char *code);

/* {"undo_window": "30 minutes", "due": "24 hours", …}: every figure of the policy that a page
 * promises, as text. A new reference; NULL when there is no policy. See present_policy.c. */
json_t *present_policy(struct request *request);

/* The lines of a policy's text, which stand there with ';' or line ends between; a new list. */
json_t *present_lines(const char *text);

/* Single texts, by the operator's UTC offset, currency and the reader's language; "" when there is
 * nothing (0) to say. They live as long as the request. */
const char *present_time(struct request *request, int64_t at);
const char *present_time_near(struct request *request, int64_t at);
const char *present_date(struct request *request, int64_t at);
const char *present_money(struct request *request, int64_t minor);
#endif
