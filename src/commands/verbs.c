#include "commands/verbs.h"

#include <assert.h>
#include <string.h>

#include "commands/account_password.h"
#include "commands/api_key.h"
#include "commands/certificate.h"
#include "commands/charging.h"
#include "commands/closure.h"
#include "commands/contact.h"
#include "commands/effect.h"
#include "commands/identity.h"
#include "commands/identity_content.h"
#include "commands/line_import.h"
#include "commands/network.h"
#include "commands/policy.h"
#include "commands/refund.h"
#include "commands/registration.h"
#include "commands/session.h"
#include "commands/settlement.h"
#include "commands/staff.h"
#include "commands/status_open.h"
#include "commands/suspension.h"
#include "commands/transfer.h"
#include "store/actor.h"

static const struct verb *const verbs[] = {
    /* registration and sessions */
    &registration_start_verb,
    &registration_claim_verb,
    &registration_prove_verb,
    &registration_contact_verb,
    &registration_verify_verb,
    &registration_resend_verb,
    &session_open_verb,
    &session_open_app_verb,
    &session_refresh_verb,
    &session_step_up_verb,
    &session_close_verb,
    &session_close_all_verb,
    &session_end_verb,
    &password_ask_verb,
    &password_prove_verb,
    &password_reset_verb,
    &password_change_verb,
    &contact_ask_verb,
    &contact_add_verb,
    &contact_ask_removal_verb,
    &contact_remove_verb,
    /* closures, suspensions, the network, effects */
    &closure_submit_verb,
    &closure_resend_verb,
    &closure_confirm_verb,
    &closure_withdraw_verb,
    &closure_renew_secret_verb,
    &closure_document_verb,
    &identity_content_verb,
    &closure_advance_verb,
    &status_ask_verb,
    &status_open_verb,
    &line_suspend_verb,
    &line_reactivate_verb,
    &suspension_advance_verb,
    &network_switch_verb,
    &identity_show_verb,
    &identity_accept_verb,
    &identity_reject_verb,
    &network_cut_verb,
    &network_done_verb,
    &network_manual_verb,
    &effect_report_verb,
    &effect_retry_verb,
    &credit_top_up_verb,
    &credit_spend_verb,
    &credit_grant_verb,
    &mandate_add_verb,
    &mandate_end_verb,
    &mandate_report_verb,
    &refund_payee_verb,
    &refund_approve_verb,
    &refund_pay_verb,
    &refund_return_verb,
    &refund_reject_verb,
    &refund_correct_verb,
    &refund_advance_verb,
    &refund_report_verb,
    &line_import_verb,
    &inbox_add_verb,
    /* credit */
    &credit_transfer_verb,
    &credit_choose_verb,
    &credit_claim_verb,
    /* the operator's own */
    &policy_load_verb,
    &staff_add_verb,
    &staff_remove_verb,
    &api_key_add_verb,
    &api_key_revoke_verb,
    &signing_key_rotate_verb,
};

size_t verb_count(void) {
    return sizeof verbs / sizeof *verbs;
}

const struct verb *verb_at(size_t i) {
    return i < verb_count() ? verbs[i] : NULL;
}

const struct verb *verb_of(const char *name) {
    for (size_t i = 0; i < verb_count(); i++)
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
    return NULL;
}

enum refusal verb_allowed(const struct verb *verb, const struct actor *actor) {
    assert(verb && actor);
    return actor_allowed(actor, verb->who, verb->scope);
}
