/* credit.claim: what is unclaimed of a closed line's credit goes where its owner says. It is taken
 * from the line's own unclaimed account, which never falls below 0: however many claims come one
 * after the other, they never bring more than there was. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"
#include "commands/credit_where.h"
#include "commands/identity_try.h"
#include "commands/settle.h"
#include "rules/closing.h"
#include "rules/contact.h"

static const struct field input[] = {
    INPUT(FIELD_ID, credit_claim, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_TEXT, credit_claim, secret, 0, 39,
          "The status secret, for whoever is not signed in"),
    INPUT(FIELD_TEXT, credit_claim, document_type, 0, 39,
          "The kind of identity document, such as hkid or passport"),
    INPUT(FIELD_TEXT, credit_claim, document, 0, 39, "The registered ID number"),
    WHERE_FIELDS(credit_claim, "refund or transfer"),
    INPUT(FIELD_TEXT, credit_claim, language, 0, 15,
          "The language of the refund's messages: en, zh-Hant-HK or zh-Hans-CN"),
    FIELD_END,
};

struct rows {
    struct where_rows of;
    struct account account; /* whose session asks */
    struct identity_budgets identity;
    struct peer_budgets peer;
};

static void load(struct load *load, const void *given, void *rows) {
    const struct credit_claim *in = given;
    struct rows *r = rows;
    where_load(load, given, &r->of);
    want_asking_account(load, &r->account);
    want_identity_budgets(load, in->line, &r->identity);
    want_peer_budgets(load, &r->peer);
}

static bool erased(const struct where_rows *r) {
    return !r->registered.subscriber.id || !r->registered.subscriber.document[0];
}

/* All but the ID number. A right secret cannot be guessed; a wrong one costs the peer an attempt.
 */
static enum refusal prove(struct outcome *out, const struct credit_claim *in,
                          const struct rows *r) {
    const struct where_rows *of = &r->of;
    bool fits = closure_status_fits(out->secrets, &of->closure, in->secret);
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (in->secret[0] && !fits) {
        if (!peer_left(out, &r->peer))
            return REFUSED_TOO_MANY;
        peer_spend(out, &r->peer);
        return REFUSED_NOT_FOUND; /* whether there is such a closure or not */
    }
    if (!in->secret[0] && out->actor->kind == ACTOR_ANONYMOUS)
        return REFUSED_NOT_SIGNED_IN;
    if (!closure_fits(&of->closure, &of->line))
        return REFUSED_NOT_FOUND;
    uint32_t given = closure_given(out, &of->session, &of->link, &of->line, &of->closure);
    given |= PROOF_IDENTITY | (fits ? PROOF_STATUS_SECRET : 0u);
    return proof_check(proof_required(&of->line, PROVE_CLAIM_CREDIT, out->policy, out->now), given);
}

/* The registered ID number. Once the registration is erased nobody but the staff, with the person
 * and the certificate before them, can know who it is. */
static enum refusal identify(struct outcome *out, const struct credit_claim *in,
                             const struct rows *r) {
    if (erased(&r->of))
        return out->actor->kind == ACTOR_STAFF && r->of.registered.subscriber.id ? ACCEPTED
                                                                                 : REFUSED_PROOF;
    return identity_try(out, &r->identity, &r->of.registered, r->of.line.id, in->document_type,
                        in->document, NULL);
}

static bool by_session(const struct outcome *out, const struct where_rows *r) {
    const uint32_t own = PROOF_SESSION | PROOF_LINKED | PROOF_STEP_UP;
    uint32_t given = closure_given(out, &r->session, &r->link, &r->line, &r->closure);
    return (given & own) == own;
}

static const char *language_of(const struct outcome *out, const struct credit_claim *in,
                               const struct closure *closure) {
    enum language language;
    if (!language_parse(in->language, &language))
        return closure->language;
    return language_tag(policy_language(out->policy, language));
}

static void tell(struct outcome *out, const struct rows *r, enum effect_kind kind, int64_t target) {
    const struct where_rows *of = &r->of;
    assert(target);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contact_hears(&of->contacts[i], out->now))
            outcome_effect(out, kind, "mail", target, of->line.id, of->contacts[i].id, 0, 0);
}

/* Moves it, and tells everybody who hears of the line. */
static void carry_out(struct outcome *out, const struct credit_claim *in, const struct rows *r,
                      struct ledger_account *unclaimed, const struct settled *parts,
                      struct payee *payee) {
    struct settle_rows rows = {.charge = r->of.payee.charge, .target = r->of.target};
    struct line line = r->of.line;
    const struct closure *closure = &r->of.closure;
    bool session = by_session(out, &r->of);
    int64_t wait = session ? 0 : out->now + out->policy->refund_payee_wait_hours * HOUR;
    memcpy(rows.target_ledgers, r->of.target_ledgers, sizeof rows.target_ledgers);
    if (parts->refund_minor)
        payee_keep(out, &r->of.payee, &r->of.former, closure->id, payee);
    rows.payee = *payee;
    struct settle settle = {.rows = &rows,
                            .closure = closure,
                            .parts = parts,
                            .line = &line,
                            .from = unclaimed,
                            .account = out->actor->kind == ACTOR_SUBSCRIBER ? out->actor->id : 0,
                            .wait_until = wait,
                            .contact = settle_contact(closure, r->of.contacts, &r->account),
                            .language = language_of(out, in, closure)};
    struct settle_made made = settle_move(out, &settle);
    put_line(out, &line);
    if (made.refund.id)
        tell(out, r, EFFECT_REFUND_REQUESTED, made.refund.id);
    if (made.transfer)
        tell(out, r, EFFECT_TRANSFER_SENT, made.transfer);
}

/* What is there, and where it may go: until when it can be claimed was promised at the closing (the
 * case's policy); what is offered and what it costs is what is offered now. A transfer cannot be
 * called back: who objects to it would be too late, so that it asks for more than the status
 * secret. */
static enum refusal claim(struct outcome *out, const struct credit_claim *in, const struct rows *r,
                          const struct policy *policy) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct payee payee = {.id = 0};
    struct chosen chosen = {.choice = where_choice(in->choice)};
    int64_t sum;
    memcpy(ledgers, r->of.ledgers, sizeof ledgers);
    struct ledger_account *unclaimed = ledger_find(ledgers, LEDGER_UNCLAIMED);
    int64_t there = unclaimed ? unclaimed->balance : 0;
    if (chosen.choice != CHOICE_REFUND && chosen.choice != CHOICE_TRANSFER)
        return REFUSED_INPUT;
    if (chosen.choice == CHOICE_TRANSFER && !by_session(out, &r->of))
        return REFUSED_NOT_SIGNED_IN;
    enum refusal no = closure_may_claim(&r->of.closure, policy, there, out->now);
    struct credit credit = closing_credit(&r->of.line, there, 0);
    if (!no)
        no = where_take(out, (const struct credit_where *)in, &r->of, &credit, out->policy, &chosen,
                        &payee);
    if (no)
        return no;
    struct settled parts = settlement_of(&credit, &chosen, out->policy);
    memcpy(ledgers, r->of.target_ledgers, sizeof ledgers);
    const struct ledger_account *to = ledger_find(ledgers, LEDGER_PAID);
    if (__builtin_add_overflow(to ? to->balance : 0, parts.transfer_minor, &sum))
        return REFUSED_TRANSFER_TARGET; /* it is full */
    memcpy(ledgers, r->of.ledgers, sizeof ledgers);
    carry_out(out, in, r, ledger_find(ledgers, LEDGER_UNCLAIMED), &parts, &payee);
    return ACCEPTED;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct credit_claim *in = given;
    const struct rows *r = rows;
    out->subject = r->of.line.id;
    enum refusal no = prove(out, in, r);
    if (no)
        return no;
    const struct policy *policy = closure_policy(out, &r->of.closure);
    out->result = r->of.closure.id;
    no = closure_may_claim(&r->of.closure, policy, 1, out->now);
    if (!no)
        no = identify(out, in, r);
    return no ? no : claim(out, in, r, policy);
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND,
    REFUSED_NOT_SIGNED_IN,
    REFUSED_STEP_UP,
    REFUSED_PROOF,
    REFUSED_TOO_MANY,
    REFUSED_CLOSURE_STATE,
    REFUSED_CLAIM_OVER,
    REFUSED_DOCUMENT_TYPE,
    REFUSED_DOCUMENT_FORM,
    REFUSED_DOCUMENT_CHECK,
    REFUSED_IDENTITY,
    REFUSED_REFUND_OFF,
    REFUSED_REFUND_WAY,
    REFUSED_REFUND_MINIMUM,
    REFUSED_PAYEE_FORM,
    REFUSED_PAYEE_NAME,
    REFUSED_PAYEE_VELOCITY,
    REFUSED_TRANSFER_OFF,
    REFUSED_TRANSFER_COOLING,
    REFUSED_TRANSFER_SELF,
    REFUSED_TRANSFER_TARGET,
    REFUSED_CREDIT_SHORT,
    REFUSED_NUMBER_FORM,
    REFUSED_NUMBERS_DIFFER,
    REFUSED_BUSY,
    ACCEPTED,
};

const struct verb credit_claim_verb = {
    .name = "credit.claim",
    .help = "Claim unclaimed credit of a closed line: as a refund, or to another line",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:write",
    .view = "settlement",
    .prove = PROVE_CLAIM_CREDIT,
    .input = input,
    .input_size = sizeof(struct credit_claim),
    .rows_size = sizeof(struct rows),
    .money = true,
    .opens = true,
    .prepare = where_prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
