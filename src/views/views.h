/* The table of all views, as commands/verbs.h is that of all verbs. From it come the routes that
 * read, their part of the OpenAPI document and the permission matrix. */
#ifndef RINGOFF_VIEWS_H
#define RINGOFF_VIEWS_H
#include "views/view.h"

/* How many there are. */
size_t view_count(void);
/* The i-th, NULL past the last. Static. */
const struct view *view_at(size_t i);
/* The view of that name, or NULL. */
const struct view *view_of(const char *name);

/* people.c, operator.c */
extern const struct view operator_view, policy_view, account_view, staff_view, api_keys_view;
/* sessions.c */
extern const struct view sessions_view, session_view, tokens_view, challenge_view, account_id_view,
    contact_id_view;
/* lines.c, suspensions.c, closures.c, queues.c */
extern const struct view line_view, lines_view, preview_view, suspension_view, closure_view,
    closures_view, effect_view, effects_view, work_view, journal_view, inbox_view;
/* credit.c */
extern const struct view charge_view, mandate_view, credit_view, movements_view;
/* transfers.c */
extern const struct view transferring_view, transfer_view;
/* settlements.c */
extern const struct view settlement_view;
/* identity.c */
extern const struct view identity_view, identity_case_view;
/* refunds.c, refund_payee.c */
extern const struct view refund_view, refunds_view, refund_payee_view;
/* papers.c */
extern const struct view certificate_view, signing_key_view, signing_keys_view;
#endif
