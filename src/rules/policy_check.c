/* The rules of a policy: what the law and the design leave an operator free to say. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/policy_field.h"

enum { PATH_SIZE = 64, HOUR_MINUTES = 60 };

static void numbers_check(const struct policy *policy, struct policy_faults *faults) {
    size_t count;
    const struct policy_field *fields = policy_fields(&count);
    for (size_t i = 0; i < count; i++) {
        const struct policy_field *field = &fields[i];
        if (field->kind != POLICY_NUMBER)
            continue;
        int64_t value = *(const int64_t *)policy_place_of(policy, field);
        if (value >= field->minimum && value <= field->maximum)
            continue;
        policy_fault_add(
            faults, field->path, "is %" PRId64 " and must be %" PRId64 " to %" PRId64 "%s%s", value,
            field->minimum, field->maximum, field->why ? ": " : "", field->why ? field->why : "");
    }
}

/* Link life, undo window and execution run one after the other inside the one-day clock. */
static void clock_check(const struct policy *policy, struct policy_faults *faults) {
    int64_t minutes = policy->link_life_hours * HOUR_MINUTES + policy->undo_window_minutes +
                      policy->execution_margin_hours * HOUR_MINUTES;
    if (minutes > POLICY_DUE_HOURS * HOUR_MINUTES)
        policy_fault_add(faults, "closure.link_life_hours",
                         "link life, undo window and execution margin are %" PRId64
                         " minutes together and must fit into the %d of the one-day clock "
                         "(GN-15/2021 cl. 5.6.5)",
                         minutes, POLICY_DUE_HOURS * HOUR_MINUTES);
    if (policy->confirmation_reminder_hours >= policy->link_life_hours)
        policy_fault_add(faults, "closure.confirmation_reminder_hours",
                         "must come before the link ends (closure.link_life_hours)");
}

static void money_check(const struct policy *policy, struct policy_faults *faults) {
    bool any = false;
    for (size_t way = WAY_HKID_PROXY; way < REFUND_WAY_COUNT; way++)
        any = any || policy->refund_ways[way];
    if (policy->refund_offered && !any)
        policy_fault_add(faults, "refund.ways", "must offer one way: a refund has to arrive");
    if (policy->refund_ways[WAY_ORIGINAL] && !policy->refund_online)
        policy_fault_add(faults, "refund.ways.original",
                         "pays back what was topped up online, which refund.online leaves out");
    if (policy->refund_minimum_minor <= policy->refund_fee_minor)
        policy_fault_add(faults, "refund.minimum_minor",
                         "must be more than refund.fee_minor: a fee is never all of the credit");
    if (policy->refund_unverified_minor > policy->refund_second_minor)
        policy_fault_add(faults, "refund.unverified_second_minor",
                         "must not be more than refund.second_minor: who is not verified is "
                         "looked at sooner");
    if (policy->refund_payee_wait_hours >= policy->refund_arrives_days * 24)
        policy_fault_add(faults, "refund.payee_wait_hours",
                         "must be over before it arrives (refund.arrives_days): nothing is "
                         "approved before");
    if (policy->transfer_minimum_minor > policy->transfer_maximum_minor)
        policy_fault_add(faults, "transfer.minimum_minor",
                         "must not be more than transfer.maximum_minor");
    if (policy->transfer_maximum_minor > policy->transfer_day_minor)
        policy_fault_add(faults, "transfer.maximum_minor",
                         "must not be more than transfer.day_minor");
}

static void relations_check(const struct policy *policy, struct policy_faults *faults) {
    if (policy->reclaim_days > policy->quarantine_days)
        policy_fault_add(faults, "numbers.reclaim_days",
                         "must not be longer than numbers.quarantine_days: after it the number may "
                         "be somebody else's");
    if (policy->session_idle_minutes > policy->session_life_hours * HOUR_MINUTES)
        policy_fault_add(faults, "session.idle_minutes",
                         "must not be longer than session.life_hours");
    if (policy->suspension_reminder_days >= policy->suspension_maximum_days)
        policy_fault_add(faults, "suspension.reminder_days",
                         "must be shorter than suspension.maximum_days: a reminder comes before "
                         "the end");
    money_check(policy, faults);
    if (policy->identity > IDENTITY_DOCUMENT)
        policy_fault_add(faults, "identity", "must be match or document");
}

/* Texts for people: all offered languages, or for an optional one none at all. */
static void words_check(const struct policy *policy, struct policy_faults *faults) {
    size_t count;
    const struct policy_field *fields = policy_fields(&count);
    for (size_t i = 0; i < count; i++) {
        const struct policy_field *field = &fields[i];
        if (field->kind != POLICY_WORDS)
            continue;
        const char *words = policy_place_of(policy, field);
        bool some = !field->optional;
        for (size_t n = 0; n < LANGUAGE_COUNT; n++)
            some = some || words[n * field->size];
        for (size_t n = 0; some && n < policy->language_count; n++) {
            enum language language = policy->languages[n];
            if (!words[(size_t)language * field->size])
                policy_fault_add(faults, field->path, "has no text in %s, which is offered",
                                 language_tag(language));
        }
    }
}

static bool only(const char *text, const char *characters) {
    return text[strspn(text, characters)] == '\0';
}

/* Labels of a-z, 0-9 and '-', with no empty one and no '-' at the end of one. */
static bool host_valid(const char *host) {
    if (!*host || !only(host, "abcdefghijklmnopqrstuvwxyz0123456789-."))
        return false;
    char before = '.';
    for (const char *at = host; *at; at++) {
        bool edge = before == '.';
        if ((edge && (*at == '.' || *at == '-')) || (before == '-' && *at == '.'))
            return false;
        before = *at;
    }
    return before != '.' && before != '-';
}

static void hosts_check(const struct policy *policy, struct policy_faults *faults) {
    if (!policy->host_count)
        policy_fault_add(faults, "hosts", "must name one host: it tells which operator is meant");
    for (size_t i = 0; i < policy->host_count; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "hosts[%zu]", i);
        if (!host_valid(policy->hosts[i]))
            policy_fault_add(faults, path, "is not a host name in lower case");
        for (size_t j = 0; j < i; j++)
            if (strcmp(policy->hosts[i], policy->hosts[j]) == 0)
                policy_fault_add(faults, path, "stands there twice");
    }
}

static bool block_own(const struct policy *policy, const struct number_block *block) {
    size_t code = strlen(policy->country_code);
    return strncmp(block->from + 1, policy->country_code, code) == 0 &&
           strncmp(block->to + 1, policy->country_code, code) == 0 &&
           (int64_t)(strlen(block->from) - 1 - code) == policy->national_digits;
}

static void blocks_check(const struct policy *policy, struct policy_faults *faults) {
    if (!policy->block_count)
        policy_fault_add(faults, "number_blocks", "must hold one block: whose numbers are these");
    for (size_t i = 0; i < policy->block_count; i++) {
        const struct number_block *block = &policy->blocks[i];
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "number_blocks[%zu]", i);
        if (!number_block_valid(block)) {
            policy_fault_add(faults, path,
                             "must go from one E.164 number to another of the same length that is "
                             "not smaller");
            continue;
        }
        if (!block_own(policy, block))
            policy_fault_add(faults, path,
                             "must begin with country_code and go on with national_digits digits");
        for (size_t j = 0; j < i; j++)
            if (number_blocks_overlap(block, &policy->blocks[j]))
                policy_fault_add(faults, path, "overlaps number_blocks[%zu]", j);
    }
}

static void names_check(const struct policy *policy, struct policy_faults *faults) {
    size_t length = strlen(policy->operator);
    if (length < 2 || !only(policy->operator, "abcdefghijklmnopqrstuvwxyz0123456789-"))
        policy_fault_add(faults, "operator", "must be 2 to 32 of a-z, 0-9 and '-'");
    if (currency_exponent(policy->currency) < 0)
        policy_fault_add(faults, "currency", "is not a currency of ISO 4217");
    if (!text_digits(policy->country_code) || policy->country_code[0] == '0')
        policy_fault_add(faults, "country_code", "must be 1 to 3 digits that do not begin with 0");
    if (!policy->language_count)
        policy_fault_add(faults, "languages", "must name one language, the default first");
    const char *sender = policy->sms_sender;
    if (sender[0] != '#' || strlen(sender) < 2 ||
        !only(sender + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_."))
        policy_fault_add(faults, "sms_sender",
                         "must be '#' and 1 to 10 letters or digits: a registered sender begins "
                         "with '#' (OFCA)");
    struct number_block hotline;
    memcpy(hotline.from, policy->hotline_number, sizeof hotline.from);
    memcpy(hotline.to, policy->hotline_number, sizeof hotline.to);
    if (!number_block_valid(&hotline))
        policy_fault_add(faults, "hotline.number", "must be an E.164 number such as +85221230000");
}

bool policy_check(const struct policy *policy, struct policy_faults *faults) {
    assert(policy && faults && faults->count <= POLICY_FAULTS);
    assert(policy->language_count <= LANGUAGE_COUNT && policy->block_count <= POLICY_BLOCKS);
    size_t before = faults->count;
    numbers_check(policy, faults);
    /* Sums and comparisons only of what is in bounds: past them they could overflow. */
    if (faults->count == before) {
        clock_check(policy, faults);
        relations_check(policy, faults);
    }
    names_check(policy, faults);
    hosts_check(policy, faults);
    blocks_check(policy, faults);
    words_check(policy, faults);
    return faults->count == before;
}
