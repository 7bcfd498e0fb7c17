#include "commands/contact_step.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/registration_step.h"
#include "rules/contact.h"

const struct field contact_code_input[] = {
    INPUT(FIELD_ID, contact_code, challenge, 1, INT64_MAX, "the challenge's id"),
    INPUT(FIELD_TEXT, contact_code, holder, 1, TOKEN_TEXT - 1,
          "the secret that was handed out when the code was asked for"),
    INPUT(FIELD_TEXT, contact_code, code, CODE_DIGITS, CODE_TYPED - 1,
          "the eight digits of the message"),
    FIELD_END,
};

void want_contact_rows(struct load *load, int64_t line, struct contact_rows *to) {
    bool person = load->actor->kind == ACTOR_SUBSCRIBER;
    want_line(load, line, &to->line);
    want_session(load, load->actor->session, &to->session);
    want_asking_account(load, &to->account);
    want_account_line(load, person ? load->actor->id : 0, line, &to->link);
    want_contacts(load, line, to->contacts);
    want_suspension_of(load, line, &to->suspension);
}

enum refusal contact_prove(const struct outcome *out, const struct contact_rows *r,
                           enum proof_verb verb, uint32_t more) {
    if (!r->line.id)
        return REFUSED_NOT_FOUND;
    uint32_t given = proof_given(out, &r->session, &r->link, &r->line) | more;
    enum refusal no = proof_check(proof_required(&r->line, verb, out->policy, out->now), given);
    if (!no && r->line.state == LINE_CLOSED)
        no = REFUSED_LINE_CLOSED;
    return no;
}

void contact_code_load(struct load *load, const void *input, void *rows) {
    const struct contact_code *in = input;
    struct contact_code_rows *r = rows;
    want_contact_rows(load, in->line, &r->of);
    want_challenge(load, in->challenge, &r->challenge);
    want_peer_budgets(load, &r->peer);
}

enum refusal contact_code_prepare(void *input, const struct actor *actor, struct store *reader,
                                  const struct engine *engine, const struct secrets *secrets) {
    struct contact_code *in = input;
    struct challenge challenge;
    (void)secrets;
    if (!challenge_read(engine, reader, actor, in->challenge, &challenge))
        return REFUSED_BUSY;
    in->line = challenge.line;
    in->contact = challenge.contact;
    in->via = challenge.via;
    return ACCEPTED;
}

enum refusal contact_challenge_open(struct outcome *out, const struct challenge *challenge,
                                    const struct contact_code *in, const char *purpose) {
    enum refusal no = challenge_open(out, challenge, in->holder, purpose);
    if (no == REFUSED_NOT_FOUND || challenge->account != out->actor->id)
        return REFUSED_NOT_FOUND;
    assert(challenge->line == in->line && challenge->contact == in->contact);
    out->subject = challenge->line;
    return no;
}

bool contact_change_spend(struct outcome *out, const struct budget *changes, int64_t line) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, line);
    return attempts_take(out, changes, CONTACT_CHANGES_A_DAY, DAY, SCOPE_CONTACT, text);
}

void contact_changed(struct outcome *out, const struct contact_rows *r, struct challenge *challenge,
                     const struct contact *contact) {
    struct line line = r->line;
    bool removed = contact->removed_at != 0;
    enum effect_kind kind = removed ? EFFECT_CONTACT_REMOVED : EFFECT_CONTACT_ADDED;
    line.contact_changed_at = out->now;
    put_line(out, &line);
    challenge->used_at = out->now;
    memset(challenge->address, 0, sizeof challenge->address); /* no longer needed */
    put_challenge(out, challenge);
    outcome_effect(out, kind, "sms", contact->id, line.id, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (contact_hears(&r->contacts[i], out->now))
            outcome_effect(out, kind, "mail", contact->id, line.id, r->contacts[i].id, 0, 0);
    out->result = contact->id;
}
