/* The terminal's side of the server: verbs and views by name over the Unix socket.
 * Who asks is what the kernel says of the peer: a system user that the operator's staff name is
 * that named actor; root, and the user who runs the server, may administer (policies, staff, keys)
 * and read without a name. A verb for integrators is given with an API key, and what anybody may do
 * with a code in the hand is done as anybody. */
#ifndef RINGOFF_WEB_TERMINAL_H
#define RINGOFF_WEB_TERMINAL_H
#include "commands/verbs.h"
#include "views/views.h"
#include "web/request.h"

/* The headers that the terminal sends besides the usual ones. */
#define TERMINAL_STATUS_SECRET "Ringoff-Status-Secret"

/* POST /verb/NAME {"input": {…}, "number"?, "iccid"?, "reference"?} with Idempotency-Key
 *   -> 200 {"verb", "result", "replayed", "secret"?, "shown"?: the view of the result}
 * GET /view/NAME?id&number&iccid&reference&after&limit&search -> 200 the view
 * Everything else is a problem (RFC 9457). Ringoff-Operator names the operator; without it the only
 * one there is. */
extern const struct route terminal_routes[];
/* terminal_content.c: answers with the bytes of a document that a verb gave out. */
void terminal_content(struct request *request, int64_t id);
/* For struct site: sets the actor to the peer's. */
enum refusal terminal_actor(struct request *request);
/* True for a verb or a view that the terminal offers: for staff or integrators, not internal. */
bool terminal_verb(const struct verb *verb);
bool terminal_view(const struct view *view);
#endif
