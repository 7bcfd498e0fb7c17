/* What the portal's forms share: the command key of a submission, faults beside their fields,
 * values kept, a view beside a page, and secrets that travel in a sealed cookie.
 * A form answers a refusal with the same page, its status and an error summary; what was typed is
 * kept but for passwords and codes. */
#ifndef RINGOFF_PORTAL_FORM_H
#define RINGOFF_PORTAL_FORM_H
#include <jansson.h>

#include "views/view.h"
#include "web/request.h"

/* The idempotency key of this submission: the form's hidden key, ":" and a short hash of what was
 * typed. The same form sent twice is one command; sent again corrected it is another. "" when the
 * form has no key. Lives as long as the request. (session.h's form_key makes the hidden one.) */
const char *form_command_key(struct request *request);

/* Adds a fault to the page's data: `errors` (list of {field, text}: the summary links to the
 * element whose id is the field) and `wrong_<field>` (the text, shown beside the field). text is
 * translated; field "" is a fault of no field. */
void form_fault(json_t *data, const char *field, const char *text);
/* The refusal as a fault: its sentence. */
void form_fault_refusal(const struct request *request, json_t *data, const char *field,
                        enum refusal refusal);
/* That a new password is too weak, with what the policy wants of one, beside the field "password".
 */
void password_fault(struct request *request, json_t *data);
/* True when there is a fault. */
bool form_faulty(const json_t *data);
/* Keeps what was typed: sets `value_<name>` for each of the names (ends with NULL). */
void form_keep(const struct request *request, json_t *data, const char *const *names);
/* A typed value: trimmed and half-width, at most `most` characters, in the arena; "" when it is
 * missing or empty; NULL when it cannot be taken (too long, control characters). */
const char *form_text(struct request *request, const char *name, size_t most);
/* The typed code, in the arena; NULL when it has not the eight digits of one. */
const char *form_code(struct request *request);
/* Renders the page with the faults' status: that of the refusal, 422 for faults without one. */
void form_answer(struct request *request, enum refusal refusal, const char *page, json_t *data);

/* The context of a view for this request; false (and answered: busy) when there is no reader. */
bool form_view_context(struct request *request, struct view_context *context);
/* Builds a view and presents it; NULL and answered (page_refuse) when it refuses. */
json_t *form_view(struct request *request, const struct view *view, int64_t id);
/* The same in a context that the caller filled (search, secret, cursor). */
json_t *form_view_in(struct request *request, const struct view *view, struct view_context *context,
                     int64_t id);

/* Sets a cookie whose value only we can read and nobody can change; it ends after the seconds. */
void form_cookie_seal(struct request *request, const char *name, const char *text, int64_t seconds);
/* Its text, or NULL when it is missing, changed, another operator's, or has ended. */
const char *form_cookie_open(struct request *request, const char *name);
/* Takes it away. */
void form_cookie_end(struct request *request, const char *name);
/* Takes one line off such a text: false when it does not fit, or is no number. */
bool form_take(const char **text, char *to, size_t room);
bool form_take_number(const char **text, int64_t *to);
/* A short keyed hash of such a text: two pages that bear the same mark show the same answers. */
const char *form_mark(struct request *request, const char *text);
/* A path of this site that a form may go on to: begins with one slash, below the base; else
 * otherwise. */
const char *form_next(const char *asked, const char *otherwise);
#endif
