/* An operator's rules as data: read from JSON, checked, chosen by date.
 * A policy is a plain value that decisions and pages read; what it may not say (the one-day clock,
 * the law's caps, the floors) is refused here when it is loaded, by field and reason.
 * Units are in the names; a duration is used as policy->undo_window_minutes * MINUTE. */
#ifndef RINGOFF_POLICY_H
#define RINGOFF_POLICY_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/words.h"
#include "rules/identifier.h"
#include "rules/row.h"

/* What no policy can change (GN-15/2021 cl. 5.6.5; design, rules 1 and 5). */
enum { POLICY_DUE_HOURS = 24, POLICY_ESCALATE_HOURS = 4 };
enum {
    POLICY_CODE = 33,
    POLICY_NAME = 64,
    POLICY_HOSTS = 8,
    POLICY_HOST = 128,
    POLICY_BLOCKS = 32,
    POLICY_SENDER = 12,
    POLICY_NOTE = 401,
    POLICY_FAULTS = 24,
};

enum policy_identity { IDENTITY_MATCH, IDENTITY_DOCUMENT };
/* How a line is closed online by somebody without its SIM: a code to a contact of age and the
 * document; or not at all, the case is kept for another door. */
enum policy_without_sim { WITHOUT_SIM_CONTACT, WITHOUT_SIM_COUNTER };
enum policy_promotional { PROMOTIONAL_ENDS };
enum policy_paid { PAID_UNCLAIMED };
/* What the charging system tells too late of a line that is closed: refused, or the operator's.
 * Never the person's. */
enum policy_late_debit { LATE_DEBIT_REFUSE, LATE_DEBIT_OPERATOR };
/* Unclaimed credit when the time to claim it is over. */
enum policy_after_claim { AFTER_CLAIM_KEEP, AFTER_CLAIM_BREAKAGE };
enum policy_at_end { AT_END_REACTIVATE, AT_END_STAY };
enum budget_scope {
    BUDGET_LINE,
    BUDGET_ACCOUNT,
    BUDGET_ADDRESS, /* network address */
    BUDGET_OVERALL, /* of the operator */
    BUDGET_SCOPE_COUNT
};
enum policy_text {
    TEXT_START_NOTE,
    TEXT_PREVIEW_NOTE,
    TEXT_RECEIPT_NOTE,
    TEXT_CLOSED_NOTE,
    TEXT_SUSPEND_NOTE,
    TEXT_UNCLAIMED_NOTE,
    TEXT_PRIVACY_NOTE,
    POLICY_TEXT_COUNT
};

struct policy_budget {
    int64_t count, window_minutes;
};

struct policy {
    int64_t id; /* of the row it came from; not in the JSON, set by whoever reads the row */
    int64_t version, effective_at;
    char operator[POLICY_CODE];
    char name[LANGUAGE_COUNT][POLICY_NAME];
    char currency[4];
    int64_t currency_exponent; /* from ISO 4217, not in the JSON */
    int64_t utc_offset_minutes;
    enum language languages[LANGUAGE_COUNT]; /* offered, the first is the default */
    size_t language_count;
    unsigned language_mask; /* LANGUAGE_BIT of each */
    char hosts[POLICY_HOSTS][POLICY_HOST];
    size_t host_count;
    char country_code[4];
    int64_t national_digits;
    struct number_block blocks[POLICY_BLOCKS];
    size_t block_count;
    char sms_sender[POLICY_SENDER];
    char hotline_number[NUMBER_SIZE];
    char hotline_hours[LANGUAGE_COUNT][POLICY_NOTE];
    char counters[LANGUAGE_COUNT][POLICY_NOTE];
    enum policy_identity identity;
    /* closure */
    int64_t undo_window_minutes, link_life_hours, code_life_minutes, confirmation_reminder_hours;
    int64_t execution_margin_hours;
    int64_t escalate_hours_before_due; /* at least POLICY_ESCALATE_HOURS: only earlier */
    /* numbers, records, registrations */
    int64_t quarantine_days, reclaim_days, retention_months, erase_account_months;
    int64_t cap_person, cap_company;
    /* proof */
    int64_t contact_age_days, sim_change_days;
    int64_t document_days; /* how long a document is kept after it was decided on */
    enum policy_without_sim without_sim;
    /* sessions and accounts */
    int64_t session_idle_minutes, session_life_hours, step_up_minutes;
    int64_t access_token_minutes, app_session_days; /* of the operator's app */
    int64_t password_minimum, password_maximum;     /* code points */
    int64_t code_attempts, code_sends;              /* of one code; of one case */
    struct policy_budget attempts[BUDGET_SCOPE_COUNT];
    /* money */
    enum policy_promotional promotional_credit;
    enum policy_paid paid_credit;
    int64_t unclaimed_claim_months;
    bool leave; /* the person may leave it to the operator, by consent */
    enum policy_late_debit late_debit;
    enum policy_after_claim after_claim;
    bool refund_offered, refund_online; /* online: also of what was topped up online */
    int64_t refund_minimum_minor, refund_fee_minor, refund_abroad_fee_minor; /* abroad: beside */
    int64_t refund_arrives_days;
    int64_t refund_second_minor;     /* above it two people approve, */
    int64_t refund_unverified_minor; /* and above this one when the payee is not verified */
    int64_t refund_payee_wait_hours; /* a payee that was changed, or named without a session */
    int64_t refund_payee_count, refund_payee_window_days; /* of one payee, over all lines */
    bool refund_ways[REFUND_WAY_COUNT];
    bool transfer_offered;
    int64_t transfer_minimum_minor, transfer_maximum_minor, transfer_fee_minor;
    int64_t transfer_day_count; /* of one line in 24 hours */
    int64_t transfer_day_minor;
    int64_t transfer_cooling_hours; /* since the last one, or a change of SIM or contact */
    /* suspension */
    int64_t suspension_maximum_days, suspension_fee_minor;
    bool suspension_validity_runs; /* the validity period keeps running meanwhile */
    int64_t suspension_reminder_days;
    int64_t suspension_escalate_minutes; /* not done so long: the staff do it by hand */
    enum policy_at_end suspension_at_end;
    char texts[POLICY_TEXT_COUNT][LANGUAGE_COUNT][POLICY_NOTE]; /* "" = nothing said */
};

/* What is wrong: the path of the field as it stands in the JSON ("number_blocks[1].to") and why,
 * in English, for the operator's staff. Past POLICY_FAULTS the rest is not listed. */
struct policy_fault {
    char field[96], why[240];
};
struct policy_faults {
    size_t count;
    struct policy_fault fault[POLICY_FAULTS];
};

/* Reads the JSON and checks the rules. True when *policy is usable; else *faults says all that was
 * found. Unknown, missing and duplicate keys, wrong types and text that is too long are refused. */
bool policy_read(const char *text, size_t length, struct policy *policy,
                 struct policy_faults *faults);
/* The same of one that was loaded in an earlier version: a field that came later has the value that
 * policy_stored.c gives it. */
bool policy_read_stored(const char *text, size_t length, struct policy *policy,
                        struct policy_faults *faults);
/* The first half of policy_read: the form only. */
bool policy_parse(const char *text, size_t length, struct policy *policy,
                  struct policy_faults *faults);
/* The second half: the rules. Adds to *faults; true when it added nothing. */
bool policy_check(const struct policy *policy, struct policy_faults *faults);
/* The policy as the JSON that policy_read takes; a new reference, NULL when memory is out. */
json_t *policy_json(const struct policy *policy);
/* The version in force at the time: the greatest effective_at that is not later, of equals the
 * greatest version; NULL when none is in force yet. */
const struct policy *policy_effective(const struct policy *versions, size_t count, int64_t now);
/* True when the language is offered. */
bool policy_offers(const struct policy *policy, enum language language);
/* The language if it is offered, else the default one. */
enum language policy_language(const struct policy *policy, enum language language);
/* The decimal places of an ISO 4217 currency (HKD 2, JPY 0, KWD 3), or -1 when it is unknown. */
int currency_exponent(const char *currency);
#endif
