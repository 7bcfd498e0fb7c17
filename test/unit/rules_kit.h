/* Rows and a policy for the tests of rules/: small, legal, and with figures that tell each other
 * apart. Every function gives a value; tests change what they are about. */
#ifndef RINGOFF_RULES_KIT_H
#define RINGOFF_RULES_KIT_H
#include "base/clock.h"
#include "rules/closing.h"
#include "rules/policy.h"
#include "rules/row.h"

/* 2026-11-22T06:03:00Z, 14:03 in Hong Kong */
#define KIT_NOW INT64_C(1795327380000)

static inline struct policy kit_policy(void) {
    return (struct policy){
        .id = 7,
        .utc_offset_minutes = 480,
        .identity = IDENTITY_MATCH,
        .undo_window_minutes = 30,
        .link_life_hours = 18,
        .code_life_minutes = 10,
        .confirmation_reminder_hours = 6,
        .execution_margin_hours = 2,
        .escalate_hours_before_due = 4,
        .quarantine_days = 90,
        .reclaim_days = 60,
        .retention_months = 12,
        .contact_age_days = 14,
        .sim_change_days = 7,
        .document_days = 30,
        .step_up_minutes = 10,
        .access_token_minutes = 15,
        .app_session_days = 30,
        .code_attempts = 3,
        .code_sends = 2,
        .unclaimed_claim_months = 24,
        .currency = "HKD",
        .currency_exponent = 2,
        .leave = true,
        .refund_offered = true,
        .refund_online = true,
        .refund_minimum_minor = 100,
        .refund_fee_minor = 50,
        .refund_abroad_fee_minor = 700,
        .refund_arrives_days = 12,
        .refund_second_minor = 40000,
        .refund_unverified_minor = 9000,
        .refund_payee_wait_hours = 48,
        .refund_payee_count = 3,
        .refund_payee_window_days = 30,
        .refund_ways = {false, true, true, true, true, true, true},
        .transfer_offered = true,
        .transfer_minimum_minor = 200,
        .transfer_maximum_minor = 60000,
        .transfer_fee_minor = 30,
        .transfer_day_count = 4,
        .transfer_day_minor = 90000,
        .transfer_cooling_hours = 5,
    };
}

static inline struct line kit_line(void) {
    return (struct line){
        .id = 11,
        .operator= 3,
        .subscriber = 5,
        .state = LINE_ACTIVE,
        .activated_at = KIT_NOW - 400 * DAY,
        .sim_since = KIT_NOW - 400 * DAY,
    };
}

/* What closing does with so much credit, when nothing was chosen for it. */
static inline struct closing kit_plan(const struct line *line, const struct closure *closure,
                                      int64_t paid_minor, int64_t promotional_minor,
                                      const struct policy *policy, int64_t now) {
    struct credit credit = closing_credit(line, paid_minor, promotional_minor);
    return closing_plan(line, closure, &credit, NULL, policy, now);
}

static inline struct closure kit_closure(enum closure_basis basis) {
    return (struct closure){.id = 13, .basis = basis, .reference = "RO-7K3F-92QX"};
}
#endif
