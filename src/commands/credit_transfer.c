/* credit.transfer: paid credit goes from a line to another one, at once and for good. What could be
 * refused to the sender is asked first, so that trying numbers costs an attempt each, and one that
 * is right the money. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"
#include "commands/registration_step.h"
#include "commands/transfer.h"
#include "rules/contact.h"
#include "rules/identifier.h"
#include "rules/settlement.h"
#include "rules/transfer.h"

static const struct field input[] = {
    INPUT(FIELD_ID, credit_transfer, line, 1, INT64_MAX, "The line whose paid credit goes"),
    INPUT(FIELD_ID, credit_transfer, target, 0, INT64_MAX,
          "The line of one's own that gets it; 0: the number does"),
    INPUT(FIELD_TEXT, credit_transfer, number, 0, NUMBER_SIZE - 1,
          "The number that gets it, E.164 with +, of the same operator"),
    INPUT(FIELD_TEXT, credit_transfer, number_again, 0, NUMBER_SIZE - 1,
          "The same number, typed a second time"),
    INPUT(FIELD_INT, credit_transfer, amount_minor, INT64_MIN, INT64_MAX,
          "What the other line gets, minor units"),
    INPUT(FIELD_INT, credit_transfer, fee_minor, 0, 100000000,
          "The most that it may cost beside, minor units: what the view transferring shows"),
    INPUT(FIELD_TEXT, credit_transfer, language, 0, 15,
          "The language of the messages: en, zh-Hant-HK or zh-Hans-CN"),
    FIELD_END,
};

struct rows {
    struct line line, target;
    struct session session;
    struct account_line link, target_link;
    struct suspension open;
    struct ledger_account ledgers[LEDGERS_A_LINE], target_ledgers[LEDGERS_A_LINE];
    struct contact contacts[CONTACTS_A_LINE];
    struct budget count, sum, tried;
};

/* A number that nobody has is looked for as one that somebody has: its hash is no line's id. */
static enum refusal prepare(void *given, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct credit_transfer *in = given;
    in->to = in->target;
    if (in->target)
        return ACCEPTED;
    if (!line_read(engine, reader, actor, in->number, &in->to))
        return REFUSED_BUSY;
    if (!in->to)
        in->to = number_id(secrets, in->number);
    return ACCEPTED;
}

static void load(struct load *load, const void *given, void *rows) {
    const struct credit_transfer *in = given;
    struct rows *r = rows;
    int64_t account = load->actor->kind == ACTOR_SUBSCRIBER ? load->actor->id : 0;
    want_line(load, in->line, &r->line);
    if (in->to != in->line)
        want_line(load, in->to, &r->target);
    want_session(load, load->actor->session, &r->session);
    want_account_line(load, account, in->line, &r->link);
    want_account_line(load, account, in->to, &r->target_link);
    want_suspension_of(load, in->line, &r->open);
    want_ledgers(load, in->line, r->ledgers);
    want_ledgers(load, in->to, r->target_ledgers);
    want_contacts(load, in->line, r->contacts);
    want_attempts_of(load, SCOPE_TRANSFERS, in->line, &r->count);
    want_attempts_of(load, SCOPE_TRANSFERRED, in->line, &r->sum);
    want_attempts_of(load, SCOPE_TRANSFER_TO, in->line, &r->tried);
}

static enum refusal prove(const struct outcome *out, const struct rows *r) {
    if (!out->policy || !r->line.id)
        return REFUSED_NOT_FOUND;
    return proof_check(proof_required(&r->line, PROVE_TRANSFER, out->policy, out->now),
                       proof_given(out, &r->session, &r->link, &r->line));
}

enum refusal transfer_named(const struct outcome *out, int64_t target, const char *number,
                            const char *again, const struct line *line) {
    char whole[NUMBER_SIZE];
    bool by_number = number[0] || again[0];
    assert(line->id && out->policy);
    if ((target != 0) == by_number)
        return REFUSED_INPUT;
    if (target)
        return target == line->id ? REFUSED_TRANSFER_SELF : ACCEPTED;
    if (msisdn_normalise(number, out->policy->country_code, out->policy->national_digits, whole) !=
            IDENTIFIER_OK ||
        strcmp(whole, number) != 0)
        return REFUSED_NUMBER_FORM;
    if (strcmp(number, again) != 0)
        return REFUSED_NUMBERS_DIFFER;
    return strcmp(number, line->number) == 0 && line->state != LINE_CLOSED ? REFUSED_TRANSFER_SELF
                                                                           : ACCEPTED;
}

bool transfer_may_reach(const struct outcome *out, int64_t target, const char *number,
                        const struct line *there, const struct session *session,
                        const struct account_line *link, const struct line *line) {
    assert(line->id);
    if (!transfer_takes(there) || there->id == line->id)
        return false;
    if (!target)
        return strcmp(there->number, number) == 0;
    return (proof_given(out, session, link, there) & PROOF_LINKED) != 0;
}

bool transfer_move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                   int64_t amount_minor, int64_t fee_minor) {
    struct ledger_account between = outcome_shared(out, LEDGER_TRANSFERS);
    struct ledger_account fees = outcome_shared(out, LEDGER_FEES);
    assert(amount_minor > 0 && fee_minor >= 0 && !from->shut_at);
    assert(from->balance >= amount_minor && from->balance - amount_minor >= fee_minor);
    if (!outcome_move(out, &between, to, MOVED_TRANSFER, amount_minor))
        return false;
    bool good = outcome_move(out, from, &between, MOVED_TRANSFER, amount_minor);
    good = good && (!fee_minor || outcome_move(out, from, &fees, MOVED_TRANSFER_FEE, fee_minor));
    assert(good); /* it is there, and the operator's accounts have no limit but int64_t's */
    return good;
}

/* Of what was topped up online as much goes as the amount holds; both rows are put. */
static void carry(struct outcome *out, const struct rows *r, const struct transfer *transfer) {
    struct line line = r->line, target = r->target;
    int64_t whole = transfer->amount_minor + transfer->fee_minor;
    target.online_minor += transfer_online(line.online_minor, transfer->amount_minor);
    line.online_minor = settlement_online_after(line.online_minor, whole);
    line.transferred_at = out->now;
    assert(line.online_minor >= 0);
    put_line(out, &line);
    put_line(out, &target);
}

static void tell(struct outcome *out, const struct transfer *transfer, const struct rows *r) {
    int64_t line = transfer->line;
    outcome_effect(out, EFFECT_TRANSFER_SENT, "sms", transfer->id, line, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contact_hears(&r->contacts[i], out->now))
            outcome_effect(out, EFFECT_TRANSFER_SENT, "mail", transfer->id, line, r->contacts[i].id,
                           0, 0);
    outcome_effect(out, EFFECT_TRANSFER_RECEIVED, "sms", transfer->id, transfer->target, 0, 0, 0);
}

static struct transfer describe(struct outcome *out, const struct credit_transfer *in,
                                const struct rows *r) {
    enum language language;
    if (!language_parse(in->language, &language))
        language = out->policy->languages[0];
    const char *tag = language_tag(policy_language(out->policy, language));
    struct transfer transfer = {.id = outcome_id(out),
                                .operator= r->line.operator,
                                .line = r->line.id,
                                .target = r->target.id,
                                .amount_minor = in->amount_minor,
                                .fee_minor = out->policy->transfer_fee_minor,
                                .at = out->now,
                                .account =
                                    out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0};
    memcpy(transfer.language, tag, strlen(tag));
    return transfer;
}

static enum refusal carry_out(struct outcome *out, const struct credit_transfer *in,
                              const struct rows *r) {
    const struct policy *policy = out->policy;
    struct ledger_account from[LEDGERS_A_LINE], to[LEDGERS_A_LINE];
    memcpy(from, r->ledgers, sizeof from);
    memcpy(to, r->target_ledgers, sizeof to);
    struct ledger_account *paid = ledger_find(from, LEDGER_PAID),
                          *gets = ledger_find(to, LEDGER_PAID);
    assert(paid && gets); /* made with the line */
    struct transfer transfer = describe(out, in, r);
    if (!transfer_move(out, paid, gets, transfer.amount_minor, transfer.fee_minor))
        return REFUSED_TRANSFER_TARGET; /* it is full */
    bool counted = amount_take_of(out, &r->count, 1, policy->transfer_day_count, DAY,
                                  SCOPE_TRANSFERS, r->line.id);
    counted =
        counted && amount_take_of(out, &r->sum, transfer.amount_minor, policy->transfer_day_minor,
                                  DAY, SCOPE_TRANSFERRED, r->line.id);
    assert(counted); /* transfer_amount_may asked */
    (void)counted;
    carry(out, r, &transfer);
    add_transfer(out, &transfer);
    tell(out, &transfer, r);
    out->result = transfer.id;
    return ACCEPTED;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct credit_transfer *in = given;
    const struct rows *r = rows;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    out->subject = r->line.id;
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    enum refusal no = prove(out, r);
    if (!no)
        no = transfer_may(&r->line, &r->open, out->policy, out->now);
    if (!no)
        no = transfer_named(out, in->target, in->number, in->number_again, &r->line);
    if (!no)
        no = transfer_amount_may(in->amount_minor, in->fee_minor, paid ? paid->balance : 0,
                                 &r->count, &r->sum, out->policy, out->now);
    if (no)
        return no;
    if (!attempts_spend_of(out, &r->tried, BUDGET_LINE, SCOPE_TRANSFER_TO, r->line.id))
        return REFUSED_TOO_MANY;
    bool reached = transfer_may_reach(out, in->target, in->number, &r->target, &r->session,
                                      &r->target_link, &r->line);
    return reached ? carry_out(out, in, r) : REFUSED_TRANSFER_TARGET;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,
    REFUSED_LINE_CLOSED,
    REFUSED_LINE_CLOSING,
    REFUSED_LINE_SUSPENDED,
    REFUSED_TRANSFER_OFF,
    REFUSED_TRANSFER_COOLING,
    REFUSED_NUMBER_FORM,
    REFUSED_NUMBERS_DIFFER,
    REFUSED_TRANSFER_SELF,
    REFUSED_AMOUNT,
    REFUSED_FEE,
    REFUSED_TRANSFER_LIMIT,
    REFUSED_CREDIT_SHORT,
    REFUSED_TOO_MANY,
    REFUSED_TRANSFER_TARGET,
    REFUSED_BUSY,
    ACCEPTED,
};

const struct verb credit_transfer_verb = {
    .name = "credit.transfer",
    .help = "Transfer paid credit to another line; it cannot be called back",
    .who = ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "lines:write",
    .view = "transfer",
    .prove = PROVE_TRANSFER,
    .input = input,
    .input_size = sizeof(struct credit_transfer),
    .rows_size = sizeof(struct rows),
    .money = true,
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
