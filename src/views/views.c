#include "views/views.h"

#include <string.h>

static const struct view *const views[] = {
    /* the operator and its people */
    &operator_view,
    &policy_view,
    &account_view,
    &sessions_view,
    &session_view,
    &tokens_view,
    &challenge_view,
    &account_id_view,
    &contact_id_view,
    &staff_view,
    &api_keys_view,
    /* lines, closures, effects */
    &line_view,
    &lines_view,
    &preview_view,
    &suspension_view,
    &credit_view,
    &movements_view,
    &charge_view,
    &mandate_view,
    &transferring_view,
    &transfer_view,
    &closure_view,
    &closures_view,
    &refund_view,
    &refunds_view,
    &refund_payee_view,
    &settlement_view,
    &effect_view,
    &effects_view,
    &work_view,
    &identity_view,
    &identity_case_view,
    &journal_view,
    &certificate_view,
    &signing_key_view,
    &signing_keys_view,
    &inbox_view,
};

size_t view_count(void) {
    return sizeof views / sizeof *views;
}

const struct view *view_at(size_t i) {
    return i < view_count() ? views[i] : NULL;
}

const struct view *view_of(const char *name) {
    for (size_t i = 0; i < view_count(); i++)
        if (strcmp(views[i]->name, name) == 0)
            return views[i];
    return NULL;
}
