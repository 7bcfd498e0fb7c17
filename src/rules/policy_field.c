#include "rules/policy_field.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define AT(member) offsetof(struct policy, member)
#define ROOM(member) sizeof(((struct policy *)NULL)->member)
#define GROUP(path)                                                                                \
    { path, POLICY_GROUP, 0, 0, 0, 0, NULL, NULL, false }
#define NUMBER(path, member, minimum, maximum, why)                                                \
    { path, POLICY_NUMBER, AT(member), 0, minimum, maximum, why, NULL, false }
#define STRING(path, member)                                                                       \
    { path, POLICY_STRING, AT(member), ROOM(member), 0, 0, NULL, NULL, false }
#define WORDS(path, member, optional)                                                              \
    { path, POLICY_WORDS, AT(member), ROOM(member[0]), 0, 0, NULL, NULL, optional }
#define CHOICE(path, member, choices)                                                              \
    { path, POLICY_CHOICE, AT(member), 0, 0, 0, NULL, choices, false }
#define OTHER(path, kind, member)                                                                  \
    { path, kind, AT(member), 0, 0, 0, NULL, NULL, false }
#define BUDGET(path, scope)                                                                        \
    GROUP(path), NUMBER(path ".count", attempts[scope].count, 1, 1000000, NULL),                   \
        NUMBER(path ".window_minutes", attempts[scope].window_minutes, 1, 1440,                    \
               "a lock must end within a day, for the person's last way out stays open")
#define TEXT(key, text) WORDS("texts." key, texts[text], true)

enum { MONEY_MOST = 100000000 }; /* minor units */
static const char FITS[] = "it must fit into the 24 hours in which a line is deregistered";
static const char FLOOR_RECORD[] =
    "the registration record is kept for at least 12 months after deregistration";
static const char FLOOR_QUARANTINE[] =
    "a number rests for at least 45 days before anybody else may have it";

static const struct policy_field table[] = {
    NUMBER("version", version, 1, 1000000000, NULL),
    OTHER("effective_from", POLICY_TIME, effective_at),
    STRING("operator", operator),
    WORDS("name", name, false),
    STRING("currency", currency),
    NUMBER("utc_offset_minutes", utc_offset_minutes, -12 * 60, 14 * 60, NULL),
    OTHER("languages", POLICY_LANGUAGES, languages),
    OTHER("hosts", POLICY_HOST_LIST, hosts),
    STRING("country_code", country_code),
    NUMBER("national_digits", national_digits, 5, 14, "an E.164 number has at most 15 digits"),
    OTHER("number_blocks", POLICY_BLOCK_LIST, blocks),
    STRING("sms_sender", sms_sender),
    GROUP("hotline"),
    STRING("hotline.number", hotline_number),
    WORDS("hotline.hours", hotline_hours, false),
    WORDS("counters", counters, false),
    CHOICE("identity", identity, "match|document"),
    GROUP("closure"),
    NUMBER("closure.undo_window_minutes", undo_window_minutes, 0, 23 * 60, FITS),
    NUMBER("closure.link_life_hours", link_life_hours, 1, 23, FITS),
    NUMBER("closure.code_life_minutes", code_life_minutes, 1, 10,
           "a code sent out of band lives for at most 10 minutes (ASVS 6.5.5)"),
    NUMBER("closure.confirmation_reminder_hours", confirmation_reminder_hours, 1, 22, FITS),
    NUMBER("closure.execution_margin_hours", execution_margin_hours, 1, 22, FITS),
    NUMBER("closure.escalate_hours_before_due", escalate_hours_before_due, POLICY_ESCALATE_HOURS,
           23, "staff take over 4 hours before the line is due at the latest"),
    GROUP("numbers"),
    NUMBER("numbers.quarantine_days", quarantine_days, 45, 3650, FLOOR_QUARANTINE),
    NUMBER("numbers.reclaim_days", reclaim_days, 0, 3650, NULL),
    GROUP("records"),
    NUMBER("records.retention_months", retention_months, 12, 240, FLOOR_RECORD),
    NUMBER("records.erase_account_months", erase_account_months, 1, 240, NULL),
    GROUP("caps"),
    NUMBER("caps.person", cap_person, 1, 10, "the law allows a person 10 prepaid cards"),
    NUMBER("caps.company", cap_company, 1, 25, "the law allows a company 25 prepaid cards"),
    GROUP("proof"),
    NUMBER("proof.contact_age_days", contact_age_days, 1, 365, NULL),
    NUMBER("proof.sim_change_days", sim_change_days, 1, 365, NULL),
    NUMBER("proof.document_days", document_days, 1, 365,
           "a document is kept no longer than it takes to answer questions about the decision"),
    CHOICE("proof.without_sim", without_sim, "contact|counter"),
    GROUP("session"),
    NUMBER("session.idle_minutes", session_idle_minutes, 1, 120, NULL),
    NUMBER("session.life_hours", session_life_hours, 1, 24, NULL),
    NUMBER("session.step_up_minutes", step_up_minutes, 1, 60, NULL),
    NUMBER("session.access_token_minutes", access_token_minutes, 1, 60,
           "a token that an app sends with every request lives for an hour at most"),
    NUMBER("session.app_session_days", app_session_days, 1, 90,
           "whoever uses an app gives the password again after 90 days at the latest"),
    GROUP("account"),
    NUMBER("account.password_minimum", password_minimum, 8, 64, NULL),
    NUMBER("account.password_maximum", password_maximum, 64, 256,
           "a long pass phrase must be possible"),
    NUMBER("account.code_attempts", code_attempts, 1, 10, "a code must not be found by trying"),
    NUMBER("account.code_sends", code_sends, 1, 20, NULL),
    GROUP("attempts"),
    BUDGET("attempts.line", BUDGET_LINE),
    BUDGET("attempts.account", BUDGET_ACCOUNT),
    BUDGET("attempts.address", BUDGET_ADDRESS),
    BUDGET("attempts.overall", BUDGET_OVERALL),
    GROUP("credit"),
    CHOICE("credit.promotional", promotional_credit, "ends"),
    CHOICE("credit.paid", paid_credit, "unclaimed"),
    NUMBER("credit.unclaimed_claim_months", unclaimed_claim_months, 12, 1200,
           "paid credit stays its owner's"),
    OTHER("credit.leave", POLICY_SWITCH, leave),
    CHOICE("credit.late_debit", late_debit, "refuse|operator"),
    CHOICE("credit.after_claim", after_claim, "keep|breakage"),
    GROUP("refund"),
    OTHER("refund.offered", POLICY_SWITCH, refund_offered),
    OTHER("refund.online", POLICY_SWITCH, refund_online),
    NUMBER("refund.minimum_minor", refund_minimum_minor, 1, MONEY_MOST, NULL),
    NUMBER("refund.fee_minor", refund_fee_minor, 0, MONEY_MOST, NULL),
    NUMBER("refund.abroad_fee_minor", refund_abroad_fee_minor, 0, MONEY_MOST, NULL),
    NUMBER("refund.arrives_days", refund_arrives_days, 1, 90,
           "who is owed money is told a date within three months"),
    NUMBER("refund.second_minor", refund_second_minor, 0, MONEY_MOST, NULL),
    NUMBER("refund.unverified_second_minor", refund_unverified_minor, 0, MONEY_MOST, NULL),
    NUMBER("refund.payee_wait_hours", refund_payee_wait_hours, 1, 720,
           "who is told of a change needs time to object"),
    NUMBER("refund.payee_count", refund_payee_count, 1, 1000, NULL),
    NUMBER("refund.payee_window_days", refund_payee_window_days, 1, 365, NULL),
    GROUP("refund.ways"),
    OTHER("refund.ways.hkid_proxy", POLICY_SWITCH, refund_ways[WAY_HKID_PROXY]),
    OTHER("refund.ways.fps_id", POLICY_SWITCH, refund_ways[WAY_FPS_ID]),
    OTHER("refund.ways.bank", POLICY_SWITCH, refund_ways[WAY_BANK]),
    OTHER("refund.ways.original", POLICY_SWITCH, refund_ways[WAY_ORIGINAL]),
    OTHER("refund.ways.abroad", POLICY_SWITCH, refund_ways[WAY_ABROAD]),
    OTHER("refund.ways.cash", POLICY_SWITCH, refund_ways[WAY_CASH]),
    GROUP("transfer"),
    OTHER("transfer.offered", POLICY_SWITCH, transfer_offered),
    NUMBER("transfer.minimum_minor", transfer_minimum_minor, 1, MONEY_MOST, NULL),
    NUMBER("transfer.maximum_minor", transfer_maximum_minor, 1, MONEY_MOST, NULL),
    NUMBER("transfer.fee_minor", transfer_fee_minor, 0, MONEY_MOST, NULL),
    NUMBER("transfer.day_count", transfer_day_count, 1, 100, NULL),
    NUMBER("transfer.day_minor", transfer_day_minor, 1, MONEY_MOST, NULL),
    NUMBER("transfer.cooling_hours", transfer_cooling_hours, 0, 720, NULL),
    GROUP("suspension"),
    NUMBER("suspension.maximum_days", suspension_maximum_days, 1, 3650, NULL),
    NUMBER("suspension.fee_minor", suspension_fee_minor, 0, 100000000, NULL),
    OTHER("suspension.validity_runs", POLICY_SWITCH, suspension_validity_runs),
    NUMBER("suspension.reminder_days", suspension_reminder_days, 1, 90, NULL),
    NUMBER("suspension.escalate_minutes", suspension_escalate_minutes, 5, 1440,
           "who lost the telephone waits for it: the staff take over within a day"),
    CHOICE("suspension.at_end", suspension_at_end, "reactivate|stay"),
    GROUP("texts"),
    TEXT("start_note", TEXT_START_NOTE),
    TEXT("preview_note", TEXT_PREVIEW_NOTE),
    TEXT("receipt_note", TEXT_RECEIPT_NOTE),
    TEXT("closed_note", TEXT_CLOSED_NOTE),
    TEXT("suspend_note", TEXT_SUSPEND_NOTE),
    TEXT("unclaimed_note", TEXT_UNCLAIMED_NOTE),
    TEXT("privacy_note", TEXT_PRIVACY_NOTE),
};

const struct policy_field *policy_fields(size_t *count) {
    *count = sizeof table / sizeof *table;
    return table;
}

/* A cut may have gone through a code point, and a quoted key may hold a line end. */
static void tidy(char *text) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            text[i] = '?';
    while (!text_valid(text, length))
        text[--length] = '\0';
}

void policy_fault_add(struct policy_faults *faults, const char *field, const char *format, ...) {
    assert(faults && field);
    if (faults->count == POLICY_FAULTS)
        return;
    struct policy_fault *fault = &faults->fault[faults->count++];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->why, sizeof fault->why, format, arguments);
    va_end(arguments);
    snprintf(fault->field, sizeof fault->field, "%s", field);
    tidy(fault->field);
    tidy(fault->why);
}

void *policy_place(struct policy *policy, const struct policy_field *field) {
    assert(field->kind != POLICY_GROUP);
    return (char *)policy + field->offset;
}

const void *policy_place_of(const struct policy *policy, const struct policy_field *field) {
    assert(field->kind != POLICY_GROUP);
    return (const char *)policy + field->offset;
}

int policy_choice(const char *choices, const char *word) {
    size_t length = strlen(word);
    int index = 0;
    for (const char *at = choices; length; at++, index++) {
        size_t size = strcspn(at, "|");
        if (size == length && memcmp(at, word, size) == 0)
            return index;
        at += size;
        if (*at == '\0')
            break;
    }
    return -1;
}
