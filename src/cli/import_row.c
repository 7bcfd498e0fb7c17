#include "cli/import_row.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/text.h"
#include "rules/match.h"

const struct csv_column import_columns[COLUMN_COUNT] = {
    [COLUMN_OPERATOR] = {"operator", false},
    [COLUMN_NUMBER] = {"number", false},
    [COLUMN_ICCID] = {"iccid", false},
    [COLUMN_IMSI] = {"imsi", false},
    [COLUMN_SIM_SINCE] = {"sim_since", true},
    [COLUMN_PLAN] = {"plan", true},
    [COLUMN_ACTIVATED_ON] = {"activated_on", false},
    [COLUMN_EXPIRES_ON] = {"expires_on", true},
    [COLUMN_PAID_CREDIT] = {"paid_credit", false},
    [COLUMN_PROMOTIONAL_CREDIT] = {"promotional_credit", true},
    [COLUMN_SUBSCRIBER_KIND] = {"subscriber_kind", false},
    [COLUMN_NAME_LATIN] = {"name_latin", false},
    [COLUMN_NAME_CHINESE] = {"name_chinese", true},
    [COLUMN_BIRTH_DATE] = {"birth_date", true},
    [COLUMN_DOCUMENT_TYPE] = {"document_type", false},
    [COLUMN_DOCUMENT_NUMBER] = {"document_number", false},
    [COLUMN_EMAIL] = {"email", true},
    [COLUMN_EMAIL_SINCE] = {"email_since", true},
    [COLUMN_LANGUAGE] = {"language", true},
    [COLUMN_SECOND_ROLE] = {"second_role", true},
    [COLUMN_SECOND_NAME_LATIN] = {"second_name_latin", true},
    [COLUMN_SECOND_NAME_CHINESE] = {"second_name_chinese", true},
    [COLUMN_SECOND_BIRTH_DATE] = {"second_birth_date", true},
    [COLUMN_SECOND_DOCUMENT_TYPE] = {"second_document_type", true},
    [COLUMN_SECOND_DOCUMENT_NUMBER] = {"second_document_number", true},
};

/* What the steps below share. */
struct reading {
    const struct csv *csv;
    const struct policy *policy;
    int64_t now;
    struct line_import *in;
    struct import_fault *fault;
    struct arena arena;
};

static bool bad(struct reading *r, enum import_column column, const char *why) {
    r->fault->column = import_columns[column].name;
    snprintf(r->fault->why, sizeof r->fault->why, "%s", why);
    return false;
}

/* The column's text trimmed; half: full-width forms become ASCII. NULL (said) when it cannot be
 * kept. */
static const char *text_of(struct reading *r, enum import_column column, size_t least, size_t size,
                           bool half) {
    static const char *const why[] = {
        [TEXT_NOT_UTF8] = "is not UTF-8", [TEXT_CONTROL] = "holds a control character",
        [TEXT_EMPTY] = "is missing",      [TEXT_TOO_SHORT] = "is too short",
        [TEXT_TOO_LONG] = "is too long",  [TEXT_NO_MEMORY] = "is too long"};
    const char *given = csv_value(r->csv, column);
    char *clean = NULL;
    enum text_fault fault =
        half ? text_clean(&r->arena, given, strlen(given), TEXT_ONE_LINE, least, size - 1, &clean)
             : text_clean_wide(&r->arena, given, strlen(given), TEXT_ONE_LINE, least, size - 1,
                               &clean);
    if (fault == TEXT_OK && strlen(clean) >= size)
        fault = TEXT_TOO_LONG;
    if (fault == TEXT_OK)
        return clean;
    bad(r, column, why[fault]);
    return NULL;
}

static bool text_take(struct reading *r, enum import_column column, size_t least, char *to,
                      size_t size, bool half) {
    const char *text = text_of(r, column, least, size, half);
    if (text)
        memcpy(to, text, strlen(text) + 1);
    return text != NULL;
}

static bool identifier_bad(struct reading *r, enum import_column column,
                           enum identifier_result result) {
    static const char *const why[IDENTIFIER_RESULT_COUNT] = {
        [IDENTIFIER_EMPTY] = "is missing",
        [IDENTIFIER_LENGTH] = "has too few or too many characters",
        [IDENTIFIER_CHARACTER] = "holds a character that cannot stand there",
        [IDENTIFIER_CHECK_DIGIT] = "has a check digit that does not fit: it is mistyped",
        [IDENTIFIER_DATE] = "holds a date of birth that does not exist",
        [IDENTIFIER_PREFIX] = "does not begin as it must",
        [IDENTIFIER_TYPE] = "is not accepted as identity document"};
    return bad(r, column, why[result] ? why[result] : "is not well-formed");
}

/* Empty and 0 are amounts here. Strict: a file has one way to write them. */
static bool amount_take(struct reading *r, enum import_column column, int64_t *minor) {
    const char *text = text_of(r, column, 0, 64, true);
    if (!text)
        return false;
    switch (amount_exact(text, (int)r->policy->currency_exponent, minor)) {
    case AMOUNT_OK:
    case AMOUNT_EMPTY:
    case AMOUNT_ZERO:
        return true;
    case AMOUNT_DECIMALS:
        return bad(r, column, "has more decimals than the currency");
    case AMOUNT_LARGE:
        return bad(r, column, "is too large");
    default:
        return bad(r, column, "is no amount: write 12.50, without sign, blanks or commas");
    }
}

/* A day (its midnight at the operator's) or an instant; 0 when it is empty and may be. */
static bool time_take(struct reading *r, enum import_column column, bool needed, bool past,
                      int64_t *at) {
    const char *text = text_of(r, column, needed ? 1 : 0, 40, true);
    *at = 0;
    if (!text)
        return false;
    if (!*text)
        return true;
    if (!civil_parse_date(text, (int)r->policy->utc_offset_minutes, at) &&
        !civil_parse_time(text, at))
        return bad(r, column, "is no date: write 2026-11-22");
    if (*at <= 0)
        return bad(r, column, "lies before 1970");
    return !past || *at <= r->now || bad(r, column, "lies in the future");
}

static bool line_take(struct reading *r) {
    struct line_import *in = r->in;
    bool foreign;
    enum identifier_result result =
        msisdn_normalise(csv_value(r->csv, COLUMN_NUMBER), r->policy->country_code,
                         r->policy->national_digits, in->number);
    if (result != IDENTIFIER_OK)
        return identifier_bad(r, COLUMN_NUMBER, result);
    if (!number_in_blocks(in->number, r->policy->blocks, r->policy->block_count))
        return bad(r, COLUMN_NUMBER, "is not in the operator's number blocks");
    result = iccid_normalise(csv_value(r->csv, COLUMN_ICCID), in->iccid);
    if (result != IDENTIFIER_OK)
        return identifier_bad(r, COLUMN_ICCID, result);
    result = imsi_normalise(csv_value(r->csv, COLUMN_IMSI), NULL, in->imsi, &foreign);
    if (result != IDENTIFIER_OK)
        return identifier_bad(r, COLUMN_IMSI, result);
    if (!text_take(r, COLUMN_PLAN, 0, in->plan, sizeof in->plan, false) ||
        !time_take(r, COLUMN_ACTIVATED_ON, true, true, &in->activated_at) ||
        !time_take(r, COLUMN_SIM_SINCE, false, true, &in->sim_since) ||
        !time_take(r, COLUMN_EXPIRES_ON, false, false, &in->expires_at) ||
        !amount_take(r, COLUMN_PAID_CREDIT, &in->paid_minor) ||
        !amount_take(r, COLUMN_PROMOTIONAL_CREDIT, &in->promotional_minor))
        return false;
    if (!in->sim_since)
        in->sim_since = in->activated_at;
    if (in->sim_since < in->activated_at)
        return bad(r, COLUMN_SIM_SINCE, "lies before activated_on");
    return !in->expires_at || in->expires_at > in->activated_at ||
           bad(r, COLUMN_EXPIRES_ON, "lies before activated_on");
}

/* A document of an accepted kind: into type (room CODE_SIZE) and *document. */
static bool document_read(struct reading *r, enum import_column kind, enum import_column number,
                          char *type, struct document *document) {
    char *given = (char *)text_of(r, kind, 1, CODE_SIZE, true);
    if (!given)
        return false;
    text_lower(given);
    enum document_type is = document_type_of(given);
    if (is == DOCUMENT_NONE)
        return bad(r, kind, "is no kind of document that is known");
    if (!document_type_accepted(is))
        return bad(r, kind, "is not accepted as identity document");
    enum identifier_result result = document_normalise(is, csv_value(r->csv, number), document);
    if (result != IDENTIFIER_OK)
        return identifier_bad(r, number, result);
    memcpy(type, given, strlen(given) + 1);
    return true;
}

static bool document_take(struct reading *r) {
    struct line_import *in = r->in;
    struct document document;
    if (!document_read(r, COLUMN_DOCUMENT_TYPE, COLUMN_DOCUMENT_NUMBER, in->document_type,
                       &document))
        return false;
    memcpy(in->document, document.number, sizeof in->document);
    if (document.birth[0] && in->birth[0] && strcmp(document.birth, in->birth) != 0)
        return bad(r, COLUMN_BIRTH_DATE, "is another date than the ID number holds");
    if ((in->kind == SUBSCRIBER_COMPANY) != (document.type == DOCUMENT_BUSINESS_REGISTRATION))
        return bad(r, COLUMN_DOCUMENT_TYPE,
                   "does not go with subscriber_kind: a company has a business registration");
    return true;
}

/* A person's date of birth, into birth (room 16). */
static bool birth_read(struct reading *r, enum import_column column, char *birth) {
    const char *text = text_of(r, column, 1, 16, true);
    int64_t at;
    if (!text)
        return false;
    if (!civil_parse_date(text, (int)r->policy->utc_offset_minutes, &at) || strlen(text) != 10)
        return bad(r, column, "is no date: write 1980-12-31");
    if (at > r->now)
        return bad(r, column, "lies in the future");
    memcpy(birth, text, 11);
    return true;
}

static bool birth_take(struct reading *r) {
    if (r->in->kind == SUBSCRIBER_PERSON)
        return birth_read(r, COLUMN_BIRTH_DATE, r->in->birth);
    const char *text = text_of(r, COLUMN_BIRTH_DATE, 0, 16, true);
    return text && (!*text || bad(r, COLUMN_BIRTH_DATE, "is for a person only"));
}

/* --- the second person --- */

static int age_of(const struct reading *r, const char *birth, int64_t at) {
    return civil_age(birth, at, (int)r->policy->utc_offset_minutes);
}

/* Nobody stands beside them: good, unless the file says who does, and should here. */
static bool second_absent(struct reading *r) {
    bool minor = r->in->kind == SUBSCRIBER_PERSON && age_of(r, r->in->birth, r->now) < AGE_ALONE;
    for (int i = COLUMN_SECOND_NAME_LATIN; i <= COLUMN_SECOND_DOCUMENT_NUMBER; i++)
        if (*csv_value(r->csv, (size_t)i))
            return bad(r, COLUMN_SECOND_ROLE, "is missing: endorsing_adult or responsible_person");
    if (!csv_has(r->csv, COLUMN_SECOND_ROLE))
        return true; /* a file of the old form says nothing of them */
    if (minor)
        return bad(r, COLUMN_SECOND_ROLE, "is missing: a person under 16 has an endorsing_adult");
    return r->in->kind == SUBSCRIBER_PERSON ||
           bad(r, COLUMN_SECOND_ROLE, "is missing: a company has a responsible_person");
}

/* The role goes with who is registered. An adult endorses nobody who was 16 or more when the line
 * was activated; of somebody who came of age since the record may stay in the file. */
static bool role_take(struct reading *r, const char *role) {
    struct line_import *in = r->in;
    in->second_role = strcmp(role, "endorsing_adult") == 0      ? SECOND_ENDORSING_ADULT
                      : strcmp(role, "responsible_person") == 0 ? SECOND_RESPONSIBLE_PERSON
                                                                : SECOND_NONE;
    if (!in->second_role)
        return bad(r, COLUMN_SECOND_ROLE,
                   "must be endorsing_adult or responsible_person, one of them");
    if ((in->second_role == SECOND_RESPONSIBLE_PERSON) != (in->kind == SUBSCRIBER_COMPANY))
        return bad(r, COLUMN_SECOND_ROLE,
                   "does not go with subscriber_kind: a person has an endorsing_adult, a company a "
                   "responsible_person");
    return in->kind == SUBSCRIBER_COMPANY || age_of(r, in->birth, in->activated_at) < AGE_ALONE ||
           bad(r, COLUMN_SECOND_ROLE,
               "is for a person who was under 16 when the line was activated");
}

static bool second_take(struct reading *r) {
    struct line_import *in = r->in;
    struct document document;
    char *role = (char *)text_of(r, COLUMN_SECOND_ROLE, 0, CODE_SIZE, true);
    if (!role)
        return false;
    if (!*role)
        return second_absent(r);
    text_lower(role);
    if (!role_take(r, role) ||
        !text_take(r, COLUMN_SECOND_NAME_LATIN, 1, in->second_name, sizeof in->second_name, true) ||
        !text_take(r, COLUMN_SECOND_NAME_CHINESE, 0, in->second_name_zh, sizeof in->second_name_zh,
                   false) ||
        !birth_read(r, COLUMN_SECOND_BIRTH_DATE, in->second_birth) ||
        !document_read(r, COLUMN_SECOND_DOCUMENT_TYPE, COLUMN_SECOND_DOCUMENT_NUMBER,
                       in->second_document_type, &document))
        return false;
    memcpy(in->second_document, document.number, sizeof in->second_document);
    if (age_of(r, in->second_birth, r->now) < AGE_ADULT)
        return bad(r, COLUMN_SECOND_BIRTH_DATE, "is of somebody under 18");
    if (document.birth[0] && strcmp(document.birth, in->second_birth) != 0)
        return bad(r, COLUMN_SECOND_BIRTH_DATE, "is another date than the ID number holds");
    if (document.type == DOCUMENT_BUSINESS_REGISTRATION)
        return bad(r, COLUMN_SECOND_DOCUMENT_TYPE, "is no document of a person");
    bool own = strcmp(in->second_document_type, in->document_type) == 0 &&
               strcmp(in->second_document, in->document) == 0;
    return !own || bad(r, COLUMN_SECOND_DOCUMENT_NUMBER, "is the registered person's own");
}

static bool person_take(struct reading *r) {
    struct line_import *in = r->in;
    char *kind = (char *)text_of(r, COLUMN_SUBSCRIBER_KIND, 1, 16, true);
    if (!kind)
        return false;
    text_lower(kind);
    in->kind = strcmp(kind, "person") == 0    ? SUBSCRIBER_PERSON
               : strcmp(kind, "company") == 0 ? SUBSCRIBER_COMPANY
                                              : 0;
    if (!in->kind)
        return bad(r, COLUMN_SUBSCRIBER_KIND, "must be person or company");
    return text_take(r, COLUMN_NAME_LATIN, 1, in->name, sizeof in->name, true) &&
           text_take(r, COLUMN_NAME_CHINESE, 0, in->name_zh, sizeof in->name_zh, false) &&
           birth_take(r) && document_take(r);
}

static bool contact_take(struct reading *r) {
    struct line_import *in = r->in;
    const char *email = text_of(r, COLUMN_EMAIL, 0, EMAIL_SIZE, true);
    const char *tag = email ? text_of(r, COLUMN_LANGUAGE, 0, 32, true) : NULL;
    enum language language = r->policy->languages[0];
    if (!tag || !time_take(r, COLUMN_EMAIL_SINCE, *email, true, &in->email_since))
        return false;
    if (*tag && !language_parse(tag, &language))
        return bad(r, COLUMN_LANGUAGE,
                   "is no language that is known: en, zh-Hant-HK or zh-Hans-CN");
    snprintf(in->language, sizeof in->language, "%s",
             language_tag(policy_language(r->policy, language)));
    if (!*email)
        return !in->email_since || bad(r, COLUMN_EMAIL_SINCE, "stands without an e-mail address");
    enum identifier_result result = email_normalise(email, in->email);
    return result == IDENTIFIER_OK || identifier_bad(r, COLUMN_EMAIL, result);
}

static const struct tenant *tenant_of(const struct tenants *tenants, const char *code) {
    for (size_t i = 0; i < tenants->count; i++)
        if (strcmp(tenants->tenants[i].code, code) == 0)
            return &tenants->tenants[i];
    return NULL;
}

bool import_row_read(const struct csv *csv, const struct tenants *tenants, int64_t now,
                     struct import_row *row, struct import_fault *fault) {
    struct reading r = {.csv = csv, .now = now, .in = &row->input, .fault = fault};
    arena_open(&r.arena, 64 * 1024);
    memset(row, 0, sizeof *row);
    const char *code = text_of(&r, COLUMN_OPERATOR, 1, CODE_SIZE, true);
    const struct tenant *tenant = code ? tenant_of(tenants, code) : NULL;
    r.policy = tenant ? policy_effective(tenant->policies, tenant->policy_count, now) : NULL;
    bool good = false;
    if (code && !tenant)
        bad(&r, COLUMN_OPERATOR, "is no operator of this installation: load its policy first");
    else if (code && !r.policy)
        bad(&r, COLUMN_OPERATOR, "has no policy in force yet");
    else if (code)
        good = line_take(&r) && person_take(&r) && contact_take(&r) && second_take(&r);
    row->operator= tenant ? tenant->id : 0;
    arena_close(&r.arena);
    return good;
}

const char *import_refusal_column(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_NUMBER_QUARANTINED:
    case REFUSED_NUMBER_TAKEN:
    case REFUSED_NUMBER_RANGE:
    case REFUSED_LINE_CLOSING:
        return import_columns[COLUMN_NUMBER].name;
    case REFUSED_SIM_USED:
        return import_columns[COLUMN_ICCID].name;
    case REFUSED_CAP:
        return import_columns[COLUMN_DOCUMENT_NUMBER].name;
    case REFUSED_DOCUMENT_TYPE:
        return import_columns[COLUMN_DOCUMENT_TYPE].name;
    case REFUSED_KIND_DIFFERS:
        return import_columns[COLUMN_SUBSCRIBER_KIND].name;
    case REFUSED_NAME_DIFFERS:
        return import_columns[COLUMN_NAME_LATIN].name;
    case REFUSED_NAME_ZH_DIFFERS:
        return import_columns[COLUMN_NAME_CHINESE].name;
    case REFUSED_BIRTH_DIFFERS:
        return import_columns[COLUMN_BIRTH_DATE].name;
    case REFUSED_SECOND_PERSON:
        return import_columns[COLUMN_SECOND_ROLE].name;
    case REFUSED_AMOUNT:
        return import_columns[COLUMN_PAID_CREDIT].name;
    default:
        return "";
    }
}
