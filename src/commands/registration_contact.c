/* registration.contact: the e-mail address that will be the account's name, and its password. The
 * password waits with this challenge's own pending account, never with the address: who else gives
 * the same address in another challenge changes nothing here, and the other way round. */
#include <assert.h>
#include <string.h>

#include "commands/password.h"
#include "commands/registration.h"
#include "commands/registration_step.h"
#include "rules/identifier.h"

struct contact_rows {
    struct challenge challenge;
    struct account existing, pending;
    struct budget sends;
};

static const struct field input_fields[] = {
    INPUT(FIELD_ID, registration_contact, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, registration_contact, holder, 1, TOKEN_TEXT - 1,
          "the secret that registration.start handed out"),
    INPUT(FIELD_TEXT, registration_contact, email, 3, EMAIL_SIZE - 2,
          "the e-mail address, which becomes the account's name"),
    INPUT(FIELD_TEXT, registration_contact, password, 1, PASSWORD_BYTES,
          "at least 10 characters; not the address, not a common one"),
    FIELD_END,
};

/* Hashes only for who holds a proved challenge: a hash costs 64 MiB. */
static enum refusal prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct registration_contact *in = input;
    struct challenge challenge;
    char address[EMAIL_SIZE];
    if (email_normalise(in->email, address) != IDENTIFIER_OK)
        return REFUSED_EMAIL_FORM;
    memcpy(in->email, address, sizeof in->email);
    email_key(in->email, in->key);
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    if (!challenge_held(secrets, &challenge, in->holder) || !challenge_registers(&challenge))
        return REFUSED_NOT_FOUND;
    if (!challenge.proved_at)
        return REFUSED_PROOF;
    in->points = password_points(in->password, in->key);
    if (!in->points)
        return REFUSED_PASSWORD_WEAK;
    bool made = secret_password_hash(in->password, in->hash);
    memset(in->password, 0, sizeof in->password);
    return made ? ACCEPTED : REFUSED_BUSY;
}

static void load(struct load *load, const void *input, void *rows) {
    const struct registration_contact *in = input;
    struct contact_rows *r = rows;
    char placeholder[EMAIL_SIZE];
    challenge_placeholder(in->challenge, placeholder);
    want_challenge(load, in->challenge, &r->challenge);
    want_account_by_email(load, in->key, &r->existing);
    want_account_by_email(load, placeholder, &r->pending);
    want_attempts(load, SCOPE_MAIL, in->key, &r->sends);
}

static void pending_put(struct outcome *out, struct challenge *challenge, const char *hash,
                        const struct account *loaded) {
    struct account account = *loaded;
    if (!loaded->id) {
        account = (struct account){.id = outcome_id(out), .operator= out->actor->operator};
        account.state = ACCOUNT_PENDING;
        account.made_at = out->now;
        challenge_placeholder(challenge->id, account.email);
        memcpy(account.language, challenge->language, sizeof account.language);
    }
    assert(account.state == ACCOUNT_PENDING);
    memcpy(account.password, hash, sizeof account.password);
    account.password_at = out->now;
    challenge->account = account.id;
    if (loaded->id)
        put_account(out, &account);
    else
        add_account(out, &account);
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_contact *in = input;
    const struct contact_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal refusal = challenge_open(out, &challenge, in->holder, NULL);
    if (refusal == REFUSED_NOT_FOUND)
        return refusal;
    out->subject = challenge.line;
    if (refusal)
        return refusal;
    if (!challenge.proved_at)
        return REFUSED_PROOF;
    if (in->points < out->policy->password_minimum || in->points > out->policy->password_maximum)
        return REFUSED_PASSWORD_WEAK;
    if (challenge.sends >= out->policy->code_sends)
        return REFUSED_RESEND_LIMIT;
    if (!attempts_spend(out, &r->sends, BUDGET_LINE, SCOPE_MAIL, in->key))
        return REFUSED_TOO_MANY;
    pending_put(out, &challenge, in->hash, &r->pending);
    memcpy(challenge.address, in->email, sizeof challenge.address);
    challenge_issue(out, &challenge, REGISTRATION_MAIL, r->existing.id != 0);
    put_challenge(out, &challenge);
    out->result = challenge.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND,     REFUSED_CODE_EXPIRED,
                                        REFUSED_CODE_USED,     REFUSED_PROOF,
                                        REFUSED_PASSWORD_WEAK, REFUSED_EMAIL_FORM,
                                        REFUSED_TOO_MANY,      REFUSED_RESEND_LIMIT,
                                        REFUSED_BUSY,          ACCEPTED};

const struct verb registration_contact_verb = {
    .name = "registration.contact",
    .help = "Give the e-mail address and the password; a code goes by e-mail",
    .who = ACTOR_ANONYMOUS,
    .input = input_fields,
    .input_size = sizeof(struct registration_contact),
    .rows_size = sizeof(struct contact_rows),
    .secret = true, /* so that no hash of the password is kept with the key */
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
