/* operator and policy: what the start page says of the operator, and the whole text for its staff.
 */
#include <stdlib.h>

#include "rules/policy.h"
#include "views/views.h"

struct language_text {
    const char *language, *text;
};

static const struct view_field language_text_fields[] = {
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, language_text, language), .help = "BCP 47 tag"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, language_text, text), .help = "the text in that language"},
    VIEW_END,
};

enum { OPERATOR_TEXTS = POLICY_TEXT_COUNT };

struct operator_facts {
    const char *code, *currency, *sms_sender, *hotline, *identity, *country_code,
        *suspension_at_end;
    int64_t version, effective_at, national_digits, utc_offset_minutes, currency_exponent;
    int64_t due_hours, undo_window_minutes, link_life_hours, code_life_minutes, reminder_hours;
    int64_t margin_hours, quarantine_days, reclaim_days, retention_months, erase_account_months;
    int64_t unclaimed_claim_months, contact_age_days, sim_change_days, password_minimum;
    int64_t suspension_maximum_days, suspension_fee_minor, suspension_validity_runs;
    int64_t suspension_reminder_days, suspension_escalate_minutes;
    int64_t session_life_hours, step_up_minutes, demo;
    int64_t access_token_minutes, app_session_days;
    struct view_list languages, name, hotline_hours, counters, texts[OPERATOR_TEXTS];
};

#define FACT(kind, member, text)                                                                   \
    { VIEW(kind, VIEW_PUBLIC, operator_facts, member), .help = text }
#define FACT_TEXT(name, place, text)                                                               \
    {                                                                                              \
        name, VIEW_LIST, VIEW_PUBLIC, offsetof(struct operator_facts, place),                      \
            sizeof(struct view_list), text, MASK_NONE, language_text_fields, NULL                  \
    }

static const struct view_field operator_fields[] = {
    FACT(VIEW_WORDS, code, "the operator's code"),
    FACT_TEXT("name", name, "the operator's name in each language"),
    FACT(VIEW_NAMES, languages, "the languages offered; the first is the default"),
    FACT(VIEW_INT, version, "the policy's version in force"),
    FACT(VIEW_TIME, effective_at, "since when it is in force"),
    FACT(VIEW_WORDS, currency, "ISO 4217"),
    FACT(VIEW_INT, currency_exponent, "decimal places of the currency"),
    FACT(VIEW_INT, utc_offset_minutes, "the operator's time, minutes east of UTC"),
    FACT(VIEW_WORDS, country_code, "country code of its numbers"),
    FACT(VIEW_INT, national_digits, "digits of its numbers without the country code"),
    FACT(VIEW_WORDS, sms_sender, "the registered sender of its messages"),
    FACT(VIEW_WORDS, hotline, "the hotline's number"),
    FACT_TEXT("hotline_hours", hotline_hours, "when the hotline answers"),
    FACT_TEXT("counters", counters, "where the counters are"),
    FACT(VIEW_WORDS, identity, "how identity is checked: match or document"),
    FACT(VIEW_INT, due_hours, "a closure is done within so many hours of its receipt"),
    FACT(VIEW_INT, undo_window_minutes, "it can be called off so long after it was confirmed"),
    FACT(VIEW_INT, link_life_hours, "the confirmation must come within"),
    FACT(VIEW_INT, code_life_minutes, "a code by SMS lives so long"),
    FACT(VIEW_INT, reminder_hours, "a reminder is sent after"),
    FACT(VIEW_INT, margin_hours, "kept for carrying it out"),
    FACT(VIEW_INT, quarantine_days, "the number rests so long"),
    FACT(VIEW_INT, reclaim_days, "it can be taken back within"),
    FACT(VIEW_INT, retention_months, "the registration record is kept so long after"),
    FACT(VIEW_INT, erase_account_months, "an account without lines is erased after"),
    FACT(VIEW_INT, unclaimed_claim_months, "credit left can be asked for within"),
    FACT(VIEW_INT, contact_age_days, "a contact must be so old to confirm"),
    FACT(VIEW_INT, sim_change_days, "a changed SIM raises the proof so long"),
    FACT(VIEW_INT, password_minimum, "characters of a password, at least"),
    FACT(VIEW_INT, session_life_hours, "a session ends after"),
    FACT(VIEW_INT, step_up_minutes, "the password counts as fresh so long"),
    FACT(VIEW_INT, access_token_minutes, "an app's access token lives so long"),
    FACT(VIEW_INT, app_session_days, "an app is signed out after"),
    FACT(VIEW_INT, suspension_maximum_days, "a line can be suspended so long"),
    FACT(VIEW_INT, suspension_fee_minor, "what suspending costs, minor units"),
    FACT(VIEW_BOOL, suspension_validity_runs, "validity runs on while suspended"),
    FACT(VIEW_INT, suspension_reminder_days, "a reminder is sent so long before its last day"),
    FACT(VIEW_INT, suspension_escalate_minutes, "what the network does not do so long, staff do"),
    FACT(VIEW_WORDS, suspension_at_end, "after its last day a line does: reactivate or stay"),
    FACT_TEXT("start_note", texts[TEXT_START_NOTE], "said on the start page"),
    FACT_TEXT("preview_note", texts[TEXT_PREVIEW_NOTE], "said on the preview"),
    FACT_TEXT("receipt_note", texts[TEXT_RECEIPT_NOTE], "said on the receipt"),
    FACT_TEXT("closed_note", texts[TEXT_CLOSED_NOTE], "said when it is closed"),
    FACT_TEXT("suspend_note", texts[TEXT_SUSPEND_NOTE], "said of suspending"),
    FACT_TEXT("unclaimed_note", texts[TEXT_UNCLAIMED_NOTE], "said of credit not asked for"),
    FACT_TEXT("privacy_note", texts[TEXT_PRIVACY_NOTE], "said of data"),
    FACT(VIEW_BOOL, demo, "this installation is a demo"),
    VIEW_END,
};

/* The texts of the offered languages that say something. */
static struct view_list texts_list(struct view_context *context, const struct policy *policy,
                                   const char *texts, size_t size) {
    struct language_text *items =
        arena_take(context->arena, sizeof *items * (policy->language_count + 1));
    struct view_list list = {items, 0, sizeof *items};
    for (size_t i = 0; items && i < policy->language_count; i++) {
        const char *text = texts + (size_t)policy->languages[i] * size;
        if (*text)
            items[list.count++] = (struct language_text){language_tag(policy->languages[i]), text};
    }
    context->down |= !items;
    return list;
}

static struct view_list languages_list(struct view_context *context, const struct policy *policy) {
    const char **tags = arena_take(context->arena, sizeof *tags * (policy->language_count + 1));
    for (size_t i = 0; tags && i < policy->language_count; i++)
        tags[i] = language_tag(policy->languages[i]);
    context->down |= !tags;
    return (struct view_list){tags, tags ? policy->language_count : 0, sizeof *tags};
}

static struct operator_facts facts_of(struct view_context *context, const struct policy *p) {
    struct operator_facts facts = {
        .code = p->operator,
        .currency = p->currency,
        .sms_sender = p->sms_sender,
        .hotline = p->hotline_number,
        .identity = p->identity == IDENTITY_MATCH ? "match" : "document",
        .country_code = p->country_code,
        .version = p->version,
        .effective_at = p->effective_at,
        .national_digits = p->national_digits,
        .utc_offset_minutes = p->utc_offset_minutes,
        .currency_exponent = p->currency_exponent,
        .due_hours = POLICY_DUE_HOURS,
        .undo_window_minutes = p->undo_window_minutes,
        .link_life_hours = p->link_life_hours,
        .code_life_minutes = p->code_life_minutes,
        .reminder_hours = p->confirmation_reminder_hours,
        .margin_hours = p->execution_margin_hours,
        .quarantine_days = p->quarantine_days,
        .reclaim_days = p->reclaim_days,
        .retention_months = p->retention_months,
        .erase_account_months = p->erase_account_months,
        .unclaimed_claim_months = p->unclaimed_claim_months,
        .contact_age_days = p->contact_age_days,
        .sim_change_days = p->sim_change_days,
        .password_minimum = p->password_minimum > 10 ? p->password_minimum : 10,
        .suspension_maximum_days = p->suspension_maximum_days,
        .suspension_fee_minor = p->suspension_fee_minor,
        .suspension_validity_runs = p->suspension_validity_runs,
        .suspension_reminder_days = p->suspension_reminder_days,
        .suspension_escalate_minutes = p->suspension_escalate_minutes,
        .suspension_at_end = p->suspension_at_end == AT_END_STAY ? "stay" : "reactivate",
        .session_life_hours = p->session_life_hours,
        .step_up_minutes = p->step_up_minutes,
        .access_token_minutes = p->access_token_minutes,
        .app_session_days = p->app_session_days,
        .demo = context->demo,
        .languages = languages_list(context, p),
        .name = texts_list(context, p, p->name[0], sizeof p->name[0]),
        .hotline_hours = texts_list(context, p, p->hotline_hours[0], sizeof p->hotline_hours[0]),
        .counters = texts_list(context, p, p->counters[0], sizeof p->counters[0]),
    };
    for (size_t i = 0; i < OPERATOR_TEXTS; i++)
        facts.texts[i] = texts_list(context, p, p->texts[i][0], sizeof p->texts[i][0]);
    return facts;
}

static json_t *operator_build(struct view_context *context, int64_t id) {
    (void)id;
    if (!context->policy)
        return NULL;
    struct operator_facts facts = facts_of(context, context->policy);
    return view_json(context, operator_fields, &facts);
}

const struct view operator_view = {
    .name = "operator",
    .help = "What the operator's rules say to everybody",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF | ACTOR_SYSTEM,
    .fields = operator_fields,
    .build = operator_build,
};

/* --- policy: the versions, for staff --- */

struct policy_facts {
    int64_t id, version, effective_at, in_force;
    const char *text;
};

static const struct view_field policy_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, policy_facts, id), .help = "the policy's id"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, policy_facts, version), .help = "its version"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, policy_facts, effective_at), .help = "since when, or from when"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, policy_facts, in_force), .help = "it is the one in force"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, policy_facts, text), .help = "the policy itself, JSON as text"},
    VIEW_END,
};

/* id 0: the one in force. */
static json_t *policy_build(struct view_context *context, int64_t id) {
    const struct policy *policy = id ? NULL : context->policy;
    for (size_t i = 0; id && context->tenant && i < context->tenant->policy_count; i++)
        if (context->tenant->policies[i].id == id)
            policy = &context->tenant->policies[i];
    if (!policy)
        return NULL;
    json_t *whole = policy_json(policy);
    char *text = whole ? json_dumps(whole, JSON_INDENT(2)) : NULL;
    const struct policy_facts facts = {policy->id, policy->version, policy->effective_at,
                                       policy == context->policy, text};
    json_t *json = view_json(context, policy_fields, &facts);
    free(text);
    json_decref(whole);
    return json;
}

const struct view policy_view = {
    .name = "policy",
    .help = "A version of the operator's policy, whole; without an id the one in force",
    .who = ACTOR_STAFF | ACTOR_SYSTEM,
    .scope = "policy:read",
    .fields = policy_fields,
    .build = policy_build,
};
