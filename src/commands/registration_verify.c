/* registration.verify: the code that went by e-mail. The line proved before is put to the address's
 * account: the one there is (whose password stays) or the one that waited with the challenge. The
 * line must still be the one that was proved; a number's next line has another id. */
#include <assert.h>
#include <string.h>

#include "commands/registration.h"
#include "commands/registration_step.h"
#include "rules/contact.h"
#include "rules/identifier.h"
#include "rules/proof.h"

struct verify_rows {
    struct challenge challenge;
    struct line line;
    struct account existing, pending;
    struct account_line link;
    struct contact contacts[CONTACTS_A_LINE];
    struct peer_budgets peer;
};

static const struct field input_fields[] = {
    INPUT(FIELD_ID, registration_verify, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, registration_verify, holder, 1, TOKEN_TEXT - 1,
          "the secret that registration.start handed out"),
    INPUT(FIELD_TEXT, registration_verify, code, CODE_DIGITS, CODE_TYPED - 1,
          "the eight digits of the e-mail"),
    FIELD_END,
};

static enum refusal prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct registration_verify *in = input;
    struct challenge challenge;
    struct account account;
    char key[EMAIL_SIZE];
    (void)secrets;
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    email_key(challenge.address, key);
    if (!account_read(engine, reader, actor, key, &account))
        return REFUSED_BUSY;
    memcpy(in->address, challenge.address, sizeof in->address);
    in->line = challenge.line;
    in->account = account.id;
    return ACCEPTED;
}

static void load(struct load *load, const void *input, void *rows) {
    const struct registration_verify *in = input;
    struct verify_rows *r = rows;
    char key[EMAIL_SIZE], placeholder[EMAIL_SIZE];
    email_key(in->address, key);
    challenge_placeholder(in->challenge, placeholder);
    want_line(load, in->line, &r->line);
    want_challenge(load, in->challenge, &r->challenge);
    want_account_by_email(load, key, &r->existing);
    want_account_by_email(load, placeholder, &r->pending);
    want_account_line(load, in->account, in->line, &r->link);
    want_contacts(load, in->line, r->contacts);
    want_peer_budgets(load, &r->peer);
}

/* The account that gets the line: made active now, or the one that was there. */
static int64_t account_settle(struct outcome *out, const struct challenge *challenge,
                              const struct account *existing, struct account pending) {
    if (existing->id) {
        pending.state = ACCOUNT_CLOSED;
        memset(pending.password, 0, sizeof pending.password);
    } else {
        pending.state = ACCOUNT_ACTIVE;
        pending.password_at = out->now;
        email_key(challenge->address, pending.email);
    }
    put_account(out, &pending);
    return existing->id ? existing->id : pending.id;
}

/* A link is made, or made stronger: by the SIM, by a contact of age, by the ID number alone. */
static void link_put(struct outcome *out, const struct account_line *link, int64_t account,
                     int64_t line, enum link_how how) {
    struct account_line row = *link;
    if (link->id && link->how <= (int64_t)how)
        return;
    row.how = how;
    row.proved_at = out->now;
    if (link->id) {
        put_account_line(out, &row);
        return;
    }
    row.id = outcome_id(out);
    row.operator= out->actor->operator;
    row.account = account;
    row.line = line;
    add_account_line(out, &row);
}

/* That somebody came to the line without its SIM is told at once to whoever may have it, and to
 * every contact, so that nobody takes a line over in silence. */
static void tell(struct outcome *out, const struct verify_rows *r, bool claims, int64_t account) {
    int64_t line = r->line.id;
    outcome_effect(out, EFFECT_ACCOUNT_MADE, "mail", account, line, 0, 0, 0);
    if (!claims) {
        outcome_effect(out, EFFECT_ACCOUNT_MADE, "sms", account, line, 0, 0, 0);
        return;
    }
    outcome_effect(out, EFFECT_LINE_CLAIMED, "sms", line, line, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contact_hears(&r->contacts[i], out->now))
            outcome_effect(out, EFFECT_LINE_CLAIMED, "mail", line, line, r->contacts[i].id, 0, 0);
}

/* The rows are the ones that prepare saw; else somebody was quicker and it is to be tried again. */
static bool as_prepared(const struct registration_verify *in, const struct verify_rows *r) {
    return strcmp(r->challenge.address, in->address) == 0 && r->challenge.line == in->line &&
           r->existing.id == in->account;
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_verify *in = input;
    const struct verify_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal refusal = challenge_open(out, &challenge, in->holder, NULL);
    if (refusal == REFUSED_NOT_FOUND)
        return refusal;
    out->subject = challenge.line;
    if (refusal)
        return refusal;
    if (strcmp(challenge.purpose, REGISTRATION_MAIL) != 0)
        return REFUSED_PROOF;
    if (!as_prepared(in, r))
        return REFUSED_BUSY;
    refusal = challenge_try(out, &challenge, in->code, &r->peer);
    if (refusal)
        return refusal;
    if (challenge.claims && !challenge.line)
        return REFUSED_IDENTITY; /* said only to who proved an address, and as often as asked */
    if (!r->line.id || r->line.state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    assert(r->line.id == challenge.line && r->pending.id == challenge.account);
    int64_t account = account_settle(out, &challenge, &r->existing, r->pending);
    enum link_how how = challenge.claims
                            ? proof_claimed_how(r->contacts, CONTACTS_A_LINE, challenge.address,
                                                out->policy, out->now)
                            : LINK_SIM;
    link_put(out, &r->link, account, r->line.id, how);
    tell(out, r, challenge.claims, account);
    challenge.account = account;
    challenge.used_at = out->now;
    memset(challenge.address, 0, sizeof challenge.address); /* no longer needed */
    put_challenge(out, &challenge);
    out->result = account;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_CODE_WRONG, REFUSED_CODE_EXPIRED, REFUSED_CODE_USED, REFUSED_PROOF,
    REFUSED_IDENTITY,  REFUSED_TOO_MANY,   REFUSED_LINE_CLOSED,  REFUSED_BUSY,      ACCEPTED};

const struct verb registration_verify_verb = {
    .name = "registration.verify",
    .help = "Prove the e-mail address with the code sent to it; the account has the line then",
    .who = ACTOR_ANONYMOUS,
    .input = input_fields,
    .input_size = sizeof(struct registration_verify),
    .rows_size = sizeof(struct verify_rows),
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
