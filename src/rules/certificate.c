#include "rules/certificate.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/field.h"
#include "rules/document.h"

static const struct field fields[] = {
    FIELD(FIELD_TEXT, certificate_facts, operator),
    FIELD(FIELD_TEXT, certificate_facts, operator_name),
    FIELD(FIELD_TEXT, certificate_facts, operator_name_hant),
    FIELD(FIELD_TEXT, certificate_facts, operator_name_hans),
    FIELD(FIELD_TEXT, certificate_facts, site),
    FIELD(FIELD_TEXT, certificate_facts, hotline),
    FIELD(FIELD_TEXT, certificate_facts, language),
    FIELD(FIELD_TEXT, certificate_facts, reference),
    FIELD(FIELD_TEXT, certificate_facts, basis),
    FIELD(FIELD_TEXT, certificate_facts, name),
    FIELD(FIELD_TEXT, certificate_facts, name_zh),
    FIELD(FIELD_TEXT, certificate_facts, number),
    FIELD(FIELD_TEXT, certificate_facts, identity),
    FIELD(FIELD_TEXT, certificate_facts, cut),
    FIELD(FIELD_TEXT, certificate_facts, evidence),
    FIELD(FIELD_TEXT, certificate_facts, currency),
    FIELD(FIELD_INT, certificate_facts, utc_offset_minutes),
    FIELD(FIELD_INT, certificate_facts, paid_minor),
    FIELD(FIELD_INT, certificate_facts, promotional_minor),
    FIELD(FIELD_TIME, certificate_facts, submitted_at),
    FIELD(FIELD_TIME, certificate_facts, identity_at),
    FIELD(FIELD_TIME, certificate_facts, confirmed_at),
    FIELD(FIELD_TIME, certificate_facts, cut_at),
    FIELD(FIELD_TIME, certificate_facts, deregistered_at),
    FIELD(FIELD_TIME, certificate_facts, claim_until),
    FIELD(FIELD_TIME, certificate_facts, number_until),
    FIELD(FIELD_TIME, certificate_facts, reclaim_until),
    FIELD(FIELD_TIME, certificate_facts, registration_until),
    FIELD(FIELD_INT, certificate_facts, refund_minor),
    FIELD(FIELD_INT, certificate_facts, transfer_minor),
    FIELD(FIELD_INT, certificate_facts, fee_minor),
    FIELD(FIELD_INT, certificate_facts, left_minor),
    FIELD(FIELD_TIME, certificate_facts, refund_by),
    FIELD(FIELD_TEXT, certificate_facts, refund),
    FIELD_END,
};

/* A number that every statement has. Those that came later are stated where they are not 0, so that
 * a statement made before is read as it was. */
static bool always(const struct field *field) {
    assert(field->kind == FIELD_INT);
    return field->offset == offsetof(struct certificate_facts, utc_offset_minutes) ||
           field->offset == offsetof(struct certificate_facts, paid_minor) ||
           field->offset == offsetof(struct certificate_facts, promotional_minor);
}

struct certificate_facts
certificate_facts_of(const struct closure *closure, const struct line *line,
                     const struct subscriber *subscriber, const struct closing *plan,
                     const struct refund *refund, const struct policy *policy, const char *site) {
    bool kept = policy->after_claim == AFTER_CLAIM_KEEP;
    struct certificate_facts facts = {.utc_offset_minutes = policy->utc_offset_minutes,
                                      .paid_minor = closure->paid_minor,
                                      .promotional_minor = closure->promotional_minor,
                                      .submitted_at = closure->submitted_at,
                                      .identity_at = closure->identity_at,
                                      .confirmed_at = closure->confirmed_at,
                                      .cut_at = closure->cut_at,
                                      .deregistered_at = closure->deregistered_at,
                                      .claim_until = kept ? 0 : closure->claim_until,
                                      .number_until = closure->quarantine_until,
                                      .reclaim_until = plan->reclaim_until,
                                      .registration_until = closure->erase_after,
                                      .refund_minor = plan->money.refund_minor,
                                      .transfer_minor = plan->money.transfer_minor,
                                      .fee_minor = plan->money.fee_minor,
                                      .left_minor = plan->money.left_minor,
                                      .refund_by = refund->due_at};
    static const char *const identities[] = {[IDENTIFIED_NOT] = "",
                                             [IDENTIFIED_MATCH] = "match",
                                             [IDENTIFIED_DOCUMENT] = "document",
                                             [IDENTIFIED_ORIGINAL] = "original"};
    bool attested = closure->cut_how == CUT_ATTESTED;
    assert(closure->identity_by >= IDENTIFIED_NOT && closure->identity_by <= IDENTIFIED_ORIGINAL);
    assert(closure->deregistered_at && closure->cut_how && strlen(site) < sizeof facts.site);
    memcpy(facts.operator, policy->operator, sizeof facts.operator);
    memcpy(facts.operator_name, policy->name[LANGUAGE_EN], POLICY_NAME);
    memcpy(facts.operator_name_hant, policy->name[LANGUAGE_ZH_HANT], POLICY_NAME);
    memcpy(facts.operator_name_hans, policy->name[LANGUAGE_ZH_HANS], POLICY_NAME);
    memcpy(facts.site, site, strlen(site));
    memcpy(facts.hotline, policy->hotline_number, sizeof facts.hotline);
    memcpy(facts.language, closure->language, sizeof facts.language);
    memcpy(facts.reference, closure->reference, sizeof facts.reference);
    snprintf(facts.basis, sizeof facts.basis, "%s",
             closure_basis_code((enum closure_basis)closure->basis));
    memcpy(facts.name, subscriber->name, sizeof facts.name);
    memcpy(facts.name_zh, subscriber->name_zh, sizeof facts.name_zh);
    memcpy(facts.number, line->number, sizeof facts.number);
    snprintf(facts.identity, sizeof facts.identity, "%s", identities[closure->identity_by]);
    snprintf(facts.cut, sizeof facts.cut, "%s", attested ? "attested" : "read_back");
    memcpy(facts.evidence, attested ? "" : closure->evidence, attested ? 1 : sizeof facts.evidence);
    memcpy(facts.currency, policy->currency, sizeof facts.currency);
    memcpy(facts.refund, refund->reference, sizeof facts.refund);
    return facts;
}

void certificate_write(const struct certificate_facts *facts, char text[CERTIFICATE_TEXT]) {
    json_t *object = json_pack("{s:i}", "certificate", CERTIFICATE_VERSION);
    for (const struct field *field = fields; field->name; field++) {
        const char *at = (const char *)facts + field->offset;
        char time[32];
        int64_t number = 0;
        if (field->kind == FIELD_TEXT) {
            if (*at)
                json_object_set_new(object, field->name, json_string(at));
            continue;
        }
        memcpy(&number, at, sizeof number);
        civil_time_text(number, time);
        if (field->kind == FIELD_INT && (number || always(field)))
            json_object_set_new(object, field->name, json_integer(number));
        else if (field->kind == FIELD_TIME && number)
            json_object_set_new(object, field->name, json_string(time));
    }
    size_t length = json_dumpb(object, text, CERTIFICATE_TEXT - 1, JSON_COMPACT | JSON_SORT_KEYS);
    assert(length > 0 && length < CERTIFICATE_TEXT);
    text[length] = '\0';
    json_decref(object);
}

static bool text_take(const json_t *value, char *to, size_t size) {
    const char *text = json_string_value(value);
    if (!text || strlen(text) >= size)
        return false;
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static bool field_take(const struct field *field, const json_t *value,
                       struct certificate_facts *facts) {
    char *at = (char *)facts + field->offset;
    int64_t number = json_integer_value(value);
    if (!value)
        return field->kind != FIELD_INT || !always(field);
    if (field->kind == FIELD_TEXT)
        return text_take(value, at, field->size);
    bool fits = json_typeof(value) == JSON_INTEGER;
    if (field->kind == FIELD_TIME)
        fits = json_typeof(value) == JSON_STRING &&
               civil_parse_time(json_string_value(value), &number);
    if (fits)
        memcpy(at, &number, sizeof number);
    return fits;
}

bool certificate_read(const char *text, struct certificate_facts *facts) {
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const json_t *version = json_object_get(object, "certificate");
    size_t known = 1;
    *facts = (struct certificate_facts){.paid_minor = 0};
    bool good = json_is_integer(version) && json_integer_value(version) == CERTIFICATE_VERSION;
    for (const struct field *field = fields; good && field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        known += value != NULL;
        good = field_take(field, value, facts);
    }
    good = good && known == json_object_size(object);
    json_decref(object);
    return good;
}

void certificate_code(const struct secrets *secrets, const struct certificate *row,
                      char code[STATUS_SECRET_SIZE]) {
    static const char purpose[] = "certificate";
    uint8_t both[sizeof purpose + SIGN_BYTES], hash[HASH_BYTES];
    memcpy(both, purpose, sizeof purpose);
    memcpy(both + sizeof purpose, row->signature, SIGN_BYTES);
    secret_hash(secrets->code, both, sizeof both, hash);
    status_secret_make(hash, code);
}

bool certificate_code_fits(const struct secrets *secrets, const struct certificate *row,
                           const char *typed) {
    char given[STATUS_SECRET_SIZE], right[STATUS_SECRET_SIZE];
    bool formed = status_secret_read(typed, given);
    certificate_code(secrets, row, right);
    return formed && secret_equal(given, right) && row->id;
}

bool certificate_key_lived(int64_t made_at, int64_t retired_at, int64_t at) {
    return at >= made_at - HOUR && (!retired_at || at <= retired_at + HOUR);
}

void policy_site(const struct policy *policy, const char *house, char site[SITE_SIZE]) {
    int length = house ? snprintf(site, SITE_SIZE, "%s/%s", house, policy->operator)
                       : snprintf(site, SITE_SIZE, "https://%s", policy->hosts[0]);
    assert(length > 0 && length < SITE_SIZE);
    (void)length;
}
