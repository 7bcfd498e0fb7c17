/* The policy's figures and texts as a page says them: nothing is promised that it does not say. */
#include <string.h>

#include "base/format.h"
#include "web/present.h"

static void figure(struct request *request, json_t *object, const char *name, int64_t count,
                   enum unit unit) {
    const char *text = format_count(&request->arena, request->language, count, unit);
    json_object_set_new(object, name, json_string(text ? text : ""));
}

/* "7 years" is read more easily than "84 months"; up to a year and a half months are clearer. */
static void months(struct request *request, json_t *object, const char *name, int64_t count) {
    bool years = count >= 24 && count % 12 == 0;
    figure(request, object, name, years ? count / 12 : count, years ? UNIT_YEARS : UNIT_MONTHS);
}

static void add_figures(struct request *request, const struct policy *policy, json_t *to) {
    figure(request, to, "due", POLICY_DUE_HOURS, UNIT_HOURS);
    figure(request, to, "undo_window", policy->undo_window_minutes, UNIT_MINUTES);
    figure(request, to, "link_life", policy->link_life_hours, UNIT_HOURS);
    figure(request, to, "code_life", policy->code_life_minutes, UNIT_MINUTES);
    figure(request, to, "reminder", policy->confirmation_reminder_hours, UNIT_HOURS);
    figure(request, to, "margin", policy->execution_margin_hours, UNIT_HOURS);
    figure(request, to, "confirm_within", POLICY_DUE_HOURS - policy->execution_margin_hours,
           UNIT_HOURS);
    figure(request, to, "quarantine", policy->quarantine_days, UNIT_DAYS);
    figure(request, to, "reclaim", policy->reclaim_days, UNIT_DAYS);
    months(request, to, "retention", policy->retention_months);
    months(request, to, "erase_account", policy->erase_account_months);
    months(request, to, "claim", policy->unclaimed_claim_months);
    figure(request, to, "contact_age", policy->contact_age_days, UNIT_DAYS);
    figure(request, to, "document_kept", policy->document_days, UNIT_DAYS);
    figure(request, to, "sim_change", policy->sim_change_days, UNIT_DAYS);
    figure(request, to, "session_idle", policy->session_idle_minutes, UNIT_MINUTES);
    figure(request, to, "session_life", policy->session_life_hours, UNIT_HOURS);
    figure(request, to, "step_up", policy->step_up_minutes, UNIT_MINUTES);
    figure(request, to, "app_session", policy->app_session_days, UNIT_DAYS);
    figure(request, to, "suspension_maximum", policy->suspension_maximum_days, UNIT_DAYS);
    figure(request, to, "suspension_reminder", policy->suspension_reminder_days, UNIT_DAYS);
    figure(request, to, "suspension_escalate", policy->suspension_escalate_minutes, UNIT_MINUTES);
    json_object_set_new(to, "password_minimum", json_integer(policy->password_minimum));
    json_object_set_new(to, "code_attempts", json_integer(policy->code_attempts));
}

static void add_suspending(struct request *request, const struct policy *policy, json_t *to) {
    bool offered = policy->suspension_maximum_days > 0;
    json_object_set_new(to, "suspension", json_boolean(offered));
    json_object_set_new(to, "suspension_free", json_boolean(policy->suspension_fee_minor == 0));
    json_object_set_new(to, "suspension_fee",
                        json_string(present_money(request, policy->suspension_fee_minor)));
    json_object_set_new(to, "suspension_validity_runs",
                        json_boolean(policy->suspension_validity_runs));
    json_object_set_new(to, "suspension_stays",
                        json_boolean(policy->suspension_at_end == AT_END_STAY));
}

static void add_texts(struct request *request, const struct policy *policy, json_t *to) {
    static const char *const names[POLICY_TEXT_COUNT] = {
        [TEXT_START_NOTE] = "start_note",     [TEXT_PREVIEW_NOTE] = "preview_note",
        [TEXT_RECEIPT_NOTE] = "receipt_note", [TEXT_CLOSED_NOTE] = "closed_note",
        [TEXT_SUSPEND_NOTE] = "suspend_note", [TEXT_UNCLAIMED_NOTE] = "unclaimed_note",
        [TEXT_PRIVACY_NOTE] = "privacy_note",
    };
    for (size_t i = 0; i < POLICY_TEXT_COUNT; i++) {
        const char *text = policy->texts[i][request->language];
        if (*text) {
            json_object_set_new(to, names[i], json_string(text));
        }
    }
}

json_t *present_policy(struct request *request) {
    const struct policy *policy = request->policy;
    json_t *object = policy ? json_object() : NULL;
    if (!object) {
        return NULL;
    }
    add_figures(request, policy, object);
    add_suspending(request, policy, object);
    add_texts(request, policy, object);
    json_object_set_new(object, "transfer", json_boolean(policy->transfer_offered));
    json_object_set_new(object, "counters", present_lines(policy->counters[request->language]));
    json_object_set_new(object, "sms_sender", json_string(policy->sms_sender));
    json_object_set_new(object, "country_code", json_string(policy->country_code));
    json_object_set_new(object, "claim_kept",
                        json_boolean(policy->after_claim == AFTER_CLAIM_KEEP));
    json_object_set_new(
        object, "credit_choices",
        json_boolean(policy->refund_offered || policy->transfer_offered || policy->leave));
    json_object_set_new(object, "document_check",
                        json_boolean(policy->identity == IDENTITY_DOCUMENT));
    return object;
}
