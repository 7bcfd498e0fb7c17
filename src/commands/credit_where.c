#include "commands/credit_where.h"

#include <assert.h>
#include <string.h>

#include "commands/closure_shared.h"
#include "commands/registration_step.h"
#include "commands/transfer.h"
#include "rules/credit_codes.h"
#include "rules/transfer.h"

/* A number that nobody has is looked for as one that somebody has: its hash is no line's id. */
enum refusal where_prepare(void *input, const struct actor *actor, struct store *reader,
                           const struct engine *engine, const struct secrets *secrets) {
    struct credit_where *in = input;
    enum refusal no = closure_prepare(input, actor, reader, engine, secrets);
    in->at.found = in->at.target;
    if (no || in->at.target || !in->at.target_number[0])
        return no;
    if (!line_read(engine, reader, actor, in->at.target_number, &in->at.found))
        return REFUSED_BUSY;
    if (!in->at.found)
        in->at.found = number_id(secrets, in->at.target_number);
    return ACCEPTED;
}

void where_load(struct load *load, const struct credit_where *in, struct where_rows *rows) {
    int64_t account = load->actor->kind == ACTOR_SUBSCRIBER ? load->actor->id : 0;
    assert(in && rows);
    want_line(load, in->line, &rows->line);
    want_closure(load, in->closure, &rows->closure);
    want_registered_of(load, in->line, &rows->registered);
    want_session(load, load->actor->session, &rows->session);
    want_account_line(load, account, in->line, &rows->link);
    want_ledgers(load, in->line, rows->ledgers);
    want_contacts(load, in->line, rows->contacts);
    want_settlement(load, in->closure, &rows->settlement);
    want_payee_of_settlement(load, in->closure, &rows->former);
    want_payee_rows(load, &in->to, &rows->payee);
    want_attempts_of(load, SCOPE_TRANSFER_TO, in->line, &rows->tried);
    if (!in->at.found || in->at.found == in->line)
        return;
    want_line(load, in->at.found, &rows->target);
    want_account_line(load, account, in->at.found, &rows->target_link);
    want_ledgers(load, in->at.found, rows->target_ledgers);
}

enum credit_choice where_choice(const char *code) {
    int64_t choice = choice_of_code(code);
    assert(choice >= CHOICE_NONE && choice < CHOICE_COUNT);
    if (choice)
        return (enum credit_choice)choice;
    return strcmp(code, "none") == 0 ? CHOICE_NONE : CHOICE_COUNT;
}

static enum refusal take_refund(struct outcome *out, const struct credit_where *in,
                                const struct where_rows *rows, struct chosen *chosen,
                                struct payee *payee) {
    enum refusal no = payee_take(out, &in->to, &rows->payee, &rows->line, &rows->registered,
                                 &rows->former, payee, NULL);
    if (no)
        return no;
    const struct charge *charge = &rows->payee.charge;
    chosen->way = (enum refund_way)payee->way;
    if (payee->way == WAY_ORIGINAL)
        chosen->original_minor = charge->amount_minor - charge->refunded_minor;
    assert(chosen->original_minor >= 0);
    return ACCEPTED;
}

/* What could be refused to the sender is asked first, so that trying numbers costs an attempt. */
static enum refusal take_transfer(struct outcome *out, const struct credit_where *in,
                                  const struct where_rows *rows, const struct credit *credit,
                                  const struct policy *policy, struct chosen *chosen) {
    chosen->target = true;
    enum refusal no = settlement_may(credit, chosen, policy);
    if (!no && out->now < transfer_from(&rows->line, policy))
        no = REFUSED_TRANSFER_COOLING;
    if (!no)
        no = transfer_named(out, in->at.target, in->at.target_number, in->at.target_again,
                            &rows->line);
    if (no)
        return no;
    assert(rows->line.id);
    if (!attempts_spend_of(out, &rows->tried, BUDGET_LINE, SCOPE_TRANSFER_TO, rows->line.id))
        return REFUSED_TOO_MANY;
    bool reached = transfer_may_reach(out, in->at.target, in->at.target_number, &rows->target,
                                      &rows->session, &rows->target_link, &rows->line);
    return reached ? ACCEPTED : REFUSED_TRANSFER_TARGET;
}

enum refusal where_take(struct outcome *out, const struct credit_where *in,
                        const struct where_rows *rows, const struct credit *credit,
                        const struct policy *policy, struct chosen *chosen, struct payee *payee) {
    enum refusal no = ACCEPTED;
    assert(chosen->choice < CHOICE_COUNT && policy);
    if (chosen->choice == CHOICE_TRANSFER)
        return take_transfer(out, in, rows, credit, policy, chosen);
    if (chosen->choice == CHOICE_REFUND && !policy->refund_offered)
        return REFUSED_REFUND_OFF;
    if (chosen->choice == CHOICE_REFUND)
        no = take_refund(out, in, rows, chosen, payee);
    return no ? no : settlement_may(credit, chosen, policy);
}
