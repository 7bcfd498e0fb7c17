#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands/suspension.h"
#include "commands/suspension_shared.h"

static const struct field input[] = {
    INPUT(FIELD_ID, line_suspend, line, 1, INT64_MAX, "The line that is to be suspended"),
    INPUT(FIELD_INT, line_suspend, fee_minor, 0, 100000000,
          "The most that it may cost, minor units: what the view suspension shows"),
    INPUT(FIELD_TEXT, line_suspend, language, 0, 15,
          "The language of the messages: en, zh-Hant-HK or zh-Hans-CN"),
    FIELD_END,
};

struct rows {
    struct line line;
    struct session session;
    struct account_line link;
    struct suspension open;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct budget asked;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct line_suspend *in = given;
    struct rows *r = rows;
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, in->line, &r->line);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, person ? load->actor->id : 0, in->line, &r->link);
    want_suspension_of(load, in->line, &r->open);
    want_ledgers(load, in->line, r->ledgers);
    want_attempts_of(load, SCOPE_SUSPEND, in->line, &r->asked);
}

static enum refusal prove(struct outcome *out, const struct rows *r) {
    if (!out->policy || !r->line.id)
        return REFUSED_NOT_FOUND;
    return proof_check(proof_required(&r->line, PROVE_SUSPEND, out->policy, out->now),
                       proof_given(out, &r->session, &r->link, &r->line));
}

static void describe(struct outcome *out, const struct line_suspend *in, struct suspension *s) {
    enum language language;
    if (!language_parse(in->language, &language))
        language = out->policy->languages[0];
    const char *tag = language_tag(policy_language(out->policy, language));
    s->id = outcome_id(out);
    s->account = out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0;
    memcpy(s->language, tag, strlen(tag));
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct line_suspend *in = given;
    const struct rows *r = rows;
    struct suspension suspension = {0};
    struct ledger_account ledgers[LEDGERS_A_LINE];
    char subject[24];
    out->subject = r->line.id;
    enum refusal no = prove(out, r);
    if (no)
        return no;
    out->result = r->line.id;
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    struct suspension_terms terms =
        suspension_terms(&r->line, paid ? paid->balance : 0, out->policy, out->now);
    no = suspension_may(&r->line, &r->open, &terms, in->fee_minor);
    if (no)
        return no;
    snprintf(subject, sizeof subject, "%lld", (long long)in->line);
    if (!attempts_take(out, &r->asked, SUSPENSIONS_A_DAY, DAY, SCOPE_SUSPEND, subject))
        return REFUSED_TOO_MANY;
    describe(out, in, &suspension);
    suspension_open(&suspension, &r->line, &terms, out->policy, out->now);
    add_suspension(out, &suspension);
    suspension_ask(out, EFFECT_NETWORK_BAR, &suspension);
    /* To the line while it still receives; all others once it is done. */
    outcome_effect(out, EFFECT_SUSPENDED, "sms", suspension.id, r->line.id, 0, 0, 0);
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,      REFUSED_LINE_CLOSED,
    REFUSED_LINE_CLOSING, REFUSED_LINE_SUSPENDED,
    REFUSED_LINE_EXPIRED, REFUSED_FEE,
    REFUSED_TOO_MANY,     ACCEPTED,
};

const struct verb line_suspend_verb = {
    .name = "line.suspend",
    .help = "Suspend a line: no calls, messages or data until it is reactivated",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:write",
    .view = "suspension",
    .prove = PROVE_SUSPEND,
    .input = input,
    .input_size = sizeof(struct line_suspend),
    .rows_size = sizeof(struct rows),
    .money = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
