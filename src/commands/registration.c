/* registration.prove and registration.resend, and the steps' common checks. */
#include "commands/registration.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/registration_step.h"
#include "rules/identifier.h"

void challenge_placeholder(int64_t challenge, char email[EMAIL_SIZE]) {
    snprintf(email, EMAIL_SIZE, "challenge:%" PRId64, challenge);
}

/* The code of the message, which is not sent when nobody has the number or the address: then
 * nothing fits. */
static bool challenge_fits(const struct secrets *secrets, const struct challenge *challenge,
                           const char *digits) {
    char expected[CODE_DIGITS + 1];
    secret_code(secrets, challenge->purpose, challenge->id, challenge->issue, challenge->nonce,
                expected);
    return secret_equal(digits, expected) &&
           (challenge->line || challenge->account || challenge->closure);
}

bool challenge_read(const struct engine *engine, struct store *reader, const struct actor *actor,
                    int64_t id, struct challenge *challenge) {
    struct key key = {.id = id, .operator= actor->operator};
    struct want want = {.statement = CHALLENGE_BY_ID, .in = &key, .rows = challenge, .room = 1};
    memset(challenge, 0, sizeof *challenge);
    return engine->read(reader, &want, 1) == STORE_OK;
}

bool line_read(const struct engine *engine, struct store *reader, const struct actor *actor,
               const char *number, int64_t *line) {
    struct key key = {.operator= actor->operator};
    struct line row = {0};
    struct want want = {.statement = LINE_BY_NUMBER, .in = &key, .rows = &row, .room = 1};
    assert(strlen(number) < sizeof key.text);
    memcpy(key.text, number, strlen(number));
    if (engine->read(reader, &want, 1) != STORE_OK)
        return false;
    *line = row.id;
    return true;
}

bool account_read(const struct engine *engine, struct store *reader, const struct actor *actor,
                  const char *email_key, struct account *account) {
    struct key key = {.operator= actor->operator};
    struct want want = {.statement = ACCOUNT_BY_EMAIL, .in = &key, .rows = account, .room = 1};
    size_t length = strlen(email_key);
    memset(account, 0, sizeof *account);
    if (length >= sizeof key.text)
        return false;
    memcpy(key.text, email_key, length);
    return engine->read(reader, &want, 1) == STORE_OK;
}

bool challenge_registers(const struct challenge *challenge) {
    return strcmp(challenge->purpose, REGISTRATION_SMS) == 0 ||
           strcmp(challenge->purpose, REGISTRATION_CLAIM) == 0 ||
           strcmp(challenge->purpose, REGISTRATION_MAIL) == 0;
}

enum refusal challenge_open(const struct outcome *out, const struct challenge *challenge,
                            const char *holder, const char *purpose) {
    if (!challenge_held(out->secrets, challenge, holder) || !out->policy ||
        (purpose ? strcmp(challenge->purpose, purpose) != 0 : !challenge_registers(challenge)))
        return REFUSED_NOT_FOUND;
    assert(challenge->operator== out->actor->operator);
    if (challenge->used_at)
        return REFUSED_CODE_USED;
    return out->now < challenge->expires_at ? ACCEPTED : REFUSED_CODE_EXPIRED;
}

enum refusal challenge_try(struct outcome *out, struct challenge *challenge, const char *typed,
                           const struct peer_budgets *budgets) {
    char digits[CODE_DIGITS + 1];
    if (challenge->attempts >= out->policy->code_attempts || !peer_left(out, budgets))
        return REFUSED_TOO_MANY;
    if (!code_fold(typed, digits))
        return REFUSED_CODE_WRONG; /* a slip of the finger: cannot be it, costs nothing */
    if (challenge_fits(out->secrets, challenge, digits))
        return ACCEPTED;
    challenge->attempts++;
    put_challenge(out, challenge);
    peer_spend(out, budgets);
    return REFUSED_CODE_WRONG;
}

static int64_t sms_life(const struct policy *policy) {
    int64_t life = policy->code_life_minutes * MINUTE;
    return life < SMS_CODE_LIFE ? life : SMS_CODE_LIFE;
}

/* One of each purpose, and the way that its message goes; NULL: by mail to a contact, else by SMS
 * to the line. */
static const struct issue {
    const char *purpose, *to;
    int64_t life; /* the most */
    enum effect_kind effect;
} issues[] = {
    {REGISTRATION_SMS, "sms", SMS_CODE_LIFE, EFFECT_CODE_SMS},
    {REGISTRATION_MAIL, "mail", MAIL_CODE_LIFE, EFFECT_CODE_MAIL},
    {PASSWORD_RESET, "mail", PROOF_CODE_LIFE, EFFECT_RESET_CODE},
    {STATUS_OPEN, "mail", PROOF_CODE_LIFE, EFFECT_STATUS_CODE},
    {CONTACT_ADDING, "mail", PROOF_CODE_LIFE, EFFECT_CONTACT_CODE},
    {CONTACT_REMOVING, NULL, PROOF_CODE_LIFE, EFFECT_REMOVAL_CODE},
};

static const struct issue *issue_of(const char *purpose) {
    size_t i = 0;
    while (i < sizeof issues / sizeof *issues && strcmp(issues[i].purpose, purpose) != 0)
        i++;
    assert(i < sizeof issues / sizeof *issues);
    return &issues[i];
}

void challenge_issue(struct outcome *out, struct challenge *challenge, const char *purpose,
                     bool exists) {
    const struct issue *issue = issue_of(purpose);
    const char *to = issue->to ? issue->to : challenge->via ? "mail" : "sms";
    bool sms = strcmp(to, "sms") == 0;
    assert(strlen(purpose) < sizeof challenge->purpose);
    memset(challenge->purpose, 0, sizeof challenge->purpose);
    memcpy(challenge->purpose, purpose, strlen(purpose));
    challenge->issue++;
    challenge->attempts = 0;
    challenge->sends++;
    challenge->issued_at = out->now;
    challenge->expires_at = out->now + (sms ? sms_life(out->policy) : issue->life);
    outcome_effect(out, exists ? EFFECT_ACCOUNT_EXISTS : issue->effect, to, challenge->id,
                   challenge->line, challenge->via, 0, challenge->expires_at);
}

void challenge_make(struct outcome *out, struct challenge *challenge, enum language language,
                    const char *address) {
    const char *tag = language_tag(policy_language(out->policy, language));
    size_t length = strlen(address);
    assert(!challenge->id && length < sizeof challenge->address);
    challenge->id = outcome_id(out);
    challenge->operator= out->actor->operator;
    outcome_random(out, challenge->nonce, sizeof challenge->nonce);
    memcpy(challenge->address, address, length + 1);
    memcpy(challenge->language, tag, strlen(tag) + 1);
    secret_link(out->secrets, "challenge", challenge->id, 0, challenge->nonce, out->secret);
    out->result = challenge->id;
}

void challenge_begin(struct outcome *out, struct challenge *challenge, const char *purpose,
                     enum language language, const char *address) {
    challenge_make(out, challenge, language, address);
    challenge_issue(out, challenge, purpose, false);
    add_challenge(out, challenge);
}

/* --- registration.prove --- */

struct prove_rows {
    struct challenge challenge;
    struct peer_budgets budgets;
};

static const struct field prove_input[] = {
    INPUT(FIELD_ID, registration_prove, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, registration_prove, holder, 1, TOKEN_TEXT - 1,
          "the secret that registration.start handed out"),
    INPUT(FIELD_TEXT, registration_prove, code, CODE_DIGITS, CODE_TYPED - 1,
          "the eight digits of the message"),
    FIELD_END,
};

static void prove_load(struct load *load, const void *input, void *rows) {
    const struct registration_prove *in = input;
    struct prove_rows *r = rows;
    want_challenge(load, in->challenge, &r->challenge);
    want_peer_budgets(load, &r->budgets);
}

static enum refusal prove_decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_prove *in = input;
    const struct prove_rows *r = rows;
    struct challenge challenge = r->challenge;
    enum refusal refusal = challenge_open(out, &challenge, in->holder, NULL);
    if (refusal == REFUSED_NOT_FOUND)
        return refusal;
    out->subject = challenge.line;
    if (challenge.proved_at)
        return REFUSED_CODE_USED;
    if (!refusal)
        refusal = challenge_try(out, &challenge, in->code, &r->budgets);
    if (refusal)
        return refusal;
    challenge.proved_at = out->now;
    challenge.expires_at = out->now + FORM_LIFE;
    challenge.sends = 0; /* the next stage has its own */
    put_challenge(out, &challenge);
    out->result = challenge.id;
    return ACCEPTED;
}

static const enum refusal prove_refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_CODE_WRONG, REFUSED_CODE_EXPIRED,
    REFUSED_CODE_USED, REFUSED_TOO_MANY,   ACCEPTED,
};

const struct verb registration_prove_verb = {
    .name = "registration.prove",
    .help = "Prove possession of the line with the code sent by SMS",
    .who = ACTOR_ANONYMOUS,
    .input = prove_input,
    .input_size = sizeof(struct registration_prove),
    .rows_size = sizeof(struct prove_rows),
    .load = prove_load,
    .decide = prove_decide,
    .refusals = prove_refusals,
};

/* --- registration.resend --- */

struct resend_rows {
    struct challenge challenge;
    struct account account;
    struct budget sends;
};

static const struct field resend_input[] = {
    INPUT(FIELD_ID, registration_resend, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, registration_resend, holder, 1, TOKEN_TEXT - 1,
          "the secret that registration.start handed out"),
    FIELD_END,
};

static enum refusal resend_prepare(void *input, const struct actor *actor, struct store *reader,
                                   const struct engine *engine, const struct secrets *secrets) {
    struct registration_resend *in = input;
    struct challenge challenge;
    (void)secrets;
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    memcpy(in->address, challenge.address, sizeof in->address);
    return ACCEPTED;
}

/* Where the code goes, in the form its budget is counted by: a number, or an address's key. */
static const char *resend_subject(const char *address, char key[EMAIL_SIZE]) {
    email_key(address, key);
    return strchr(address, '@') ? SCOPE_MAIL : SCOPE_SMS;
}

static void resend_load(struct load *load, const void *input, void *rows) {
    const struct registration_resend *in = input;
    struct resend_rows *r = rows;
    char key[EMAIL_SIZE];
    const char *scope = resend_subject(in->address, key);
    want_challenge(load, in->challenge, &r->challenge);
    want_account_by_email(load, key, &r->account);
    want_attempts(load, scope, key, &r->sends);
}

static enum refusal resend_decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_resend *in = input;
    const struct resend_rows *r = rows;
    struct challenge challenge = r->challenge;
    char key[EMAIL_SIZE];
    const char *scope = resend_subject(in->address, key);
    enum refusal refusal = challenge_open(out, &challenge, in->holder, NULL);
    if (refusal == REFUSED_NOT_FOUND)
        return refusal;
    out->subject = challenge.line;
    if (strcmp(challenge.address, in->address) != 0)
        return REFUSED_BUSY; /* another address was given meanwhile */
    bool mail = strcmp(challenge.purpose, REGISTRATION_MAIL) == 0;
    if (challenge.used_at || (challenge.proved_at && !mail))
        return REFUSED_CODE_USED;
    if (out->now >= challenge.issued_at + MAIL_CODE_LIFE)
        return REFUSED_CODE_EXPIRED; /* begin again; a code alone that is too old may be renewed */
    if (challenge.sends >= out->policy->code_sends)
        return REFUSED_RESEND_LIMIT;
    if (!attempts_spend(out, &r->sends, BUDGET_LINE, scope, key))
        return REFUSED_TOO_MANY;
    challenge_issue(out, &challenge, mail ? REGISTRATION_MAIL : REGISTRATION_SMS,
                    r->account.id != 0);
    put_challenge(out, &challenge);
    out->result = challenge.id;
    return ACCEPTED;
}

static const enum refusal resend_refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_CODE_EXPIRED, REFUSED_CODE_USED, REFUSED_RESEND_LIMIT,
    REFUSED_TOO_MANY,  REFUSED_BUSY,         ACCEPTED,
};

const struct verb registration_resend_verb = {
    .name = "registration.resend",
    .help = "Send a new code; the old one is void",
    .who = ACTOR_ANONYMOUS,
    .input = resend_input,
    .input_size = sizeof(struct registration_resend),
    .rows_size = sizeof(struct resend_rows),
    .prepare = resend_prepare,
    .load = resend_load,
    .decide = resend_decide,
    .refusals = resend_refusals,
};
