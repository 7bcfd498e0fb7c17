#include <assert.h>
#include <string.h>

#include "commands/closure.h"
#include "commands/closure_shared.h"
#include "rules/suspension.h"

static const struct field input[] = {
    INPUT(FIELD_ID, closure_advance, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, closure_advance, line, 1, INT64_MAX, "Its line"),
    FIELD_END,
};

struct rows {
    struct closure closure;
    struct line line;
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
    struct document_row documents[DOCUMENTS_A_CLOSURE];
    struct suspension suspension; /* the open one */
    struct work suspension_works[WORKS_A_CLOSURE];
    struct ledger_account ledgers[LEDGERS_A_LINE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_advance *in = given;
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_contacts(load, in->line, r->contacts);
    want_works(load, in->closure, r->works);
    want_documents(load, in->closure, r->documents);
    want_suspension_of(load, in->line, &r->suspension);
    want_suspension_works(load, in->line, r->suspension_works);
    want_ledgers(load, in->line, r->ledgers);
}

/* The staff are called for what it waits for, one item each. */
static void call_staff(struct outcome *out, const struct rows *r, const struct closure *closure,
                       const struct policy *policy) {
    struct closure_status status = closure_derive(closure, policy);
    int64_t due = closure->due_at;
    if (status.state == CLOSURE_EXECUTING)
        closure_work_open(out, closure, r->works, WORK_NETWORK_CUT, due);
    bool undelivered = closure_undelivered(closure, policy);
    if (undelivered && !closure->unreachable)
        closure_work_open(out, closure, r->works, WORK_MESSAGE, due);
    /* Where nothing can be sent, the person has to come: that is an identity to look at too. */
    if (closure_document_waits(closure, policy) || (undelivered && closure->unreachable))
        closure_work_open(out, closure, r->works, WORK_IDENTITY, due);
}

/* What is kept of the document after its days is that there was one, and what was decided. */
static void document_erase(struct outcome *out, const struct document_row *document) {
    struct document_row erased = *document;
    erased.erased_at = out->now;
    memset(erased.key, 0, sizeof erased.key);
    struct document_content nothing = {.id = document->id, .operator= document->operator};
    put_document_row(out, &erased);
    put_document_content(out, &nothing);
}

/* Erases the documents whose days are over. */
static enum refusal erase(struct outcome *out, const struct rows *r, struct closure *closure,
                          const struct policy *policy) {
    int64_t next = 0;
    for (size_t i = 0; i < DOCUMENTS_A_CLOSURE; i++) {
        const struct document_row *document = &r->documents[i];
        int64_t until = document->id ? closure_document_until(closure, document, policy) : 0;
        if (until > out->now && (!next || until < next))
            next = until;
        else if (until && until <= out->now && !document->erased_at)
            document_erase(out, document);
    }
    return closure_erase(closure, policy, next, out->now);
}

/* A line that is cut is neither barred nor unbarred any more: what waited for that ends here, and
 * what of it is due in the network finds that it has no sense. */
static void end_suspension(struct outcome *out, const struct rows *r) {
    struct suspension suspension = r->suspension;
    if (!suspension.id)
        return;
    suspension_close(&suspension, out->now);
    put_suspension(out, &suspension);
    closure_works_end(out, r->suspension_works, 0, "the line is closed", 0);
}

/* Of what is still missing: the confirmation, where it went; a document, to everybody. */
static void remind(struct outcome *out, const struct rows *r, const struct closure *closure,
                   const struct policy *policy) {
    if (!closure->confirmed_at && !closure->unreachable)
        closure_ask(out, EFFECT_REMIND, closure);
    if (closure_may_document(closure, policy) == ACCEPTED)
        closure_tell(out, EFFECT_DOCUMENT_WANTED, closure, r->contacts, true);
}

static int64_t unclaimed_of(const struct rows *r, struct ledger_account *unclaimed) {
    struct ledger_account ledgers[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    const struct ledger_account *found = ledger_find(ledgers, LEDGER_UNCLAIMED);
    *unclaimed = found ? *found : (struct ledger_account){.id = 0};
    return unclaimed->balance;
}

/* People hear it only while there is something to claim. */
static enum refusal unclaimed_ends(struct outcome *out, const struct rows *r,
                                   struct closure *closure, const struct policy *policy) {
    struct ledger_account unclaimed;
    enum refusal no = closure_unclaimed_ends(closure, policy, out->now);
    if (!no && unclaimed_of(r, &unclaimed)) {
        closure_tell(out, EFFECT_UNCLAIMED_ENDS, closure, r->contacts, false);
        closure_tell_account(out, EFFECT_UNCLAIMED_ENDS, closure, r->contacts);
    }
    return no;
}

/* What nobody claimed is the operator's from now on, by its policy. */
static enum refusal lapse(struct outcome *out, const struct rows *r, struct closure *closure,
                          const struct policy *policy) {
    struct ledger_account unclaimed, breakage = outcome_shared(out, LEDGER_BREAKAGE);
    struct line line = r->line;
    int64_t amount = unclaimed_of(r, &unclaimed);
    enum refusal no = closure_lapse(closure, policy, amount, out->now);
    if (no || !amount)
        return no;
    bool good = outcome_move(out, &unclaimed, &breakage, MOVED_LAPSED, amount);
    assert(good); /* all that is there */
    (void)good;
    line.online_minor = 0;
    put_line(out, &line);
    return ACCEPTED;
}

static enum refusal step(struct outcome *out, const struct rows *r, struct closure *closure,
                         const struct policy *policy) {
    enum refusal no = REFUSED_UNCHANGED;
    switch (closure_step(closure, policy, out->now)) {
    case STEP_NONE:
        break;
    case STEP_REMIND:
        no = closure_remind(closure, policy, out->now);
        if (!no)
            remind(out, r, closure, policy);
        break;
    case STEP_EXPIRE:
        no = closure_expire(closure, policy, out->now);
        if (!no) {
            closure_works_end(out, r->works, 0, "expired", 0);
            closure_tell(out, EFFECT_EXPIRED, closure, r->contacts, true);
        }
        break;
    case STEP_START:
        no = closure_start(closure, policy, out->now);
        if (!no) {
            end_suspension(out, r);
            outcome_effect(out, EFFECT_NETWORK_CUT, "network", closure->id, closure->line, 0, 0, 0);
        }
        break;
    case STEP_UNCLAIMED_ENDS:
        no = unclaimed_ends(out, r, closure, policy);
        break;
    case STEP_LAPSE:
        no = lapse(out, r, closure, policy);
        break;
    case STEP_ERASE:
        no = erase(out, r, closure, policy);
        break;
    case STEP_ESCALATE:
        no = closure_escalate(closure, policy, out->now);
        if (!no)
            call_staff(out, r, closure, policy);
        break;
    }
    return no;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct rows *r = rows;
    struct closure closure = r->closure;
    (void)given;
    out->subject = r->line.id;
    if (!closure_fits(&closure, &r->line))
        return REFUSED_NOT_FOUND;
    const struct policy *policy = closure_policy(out, &closure);
    enum refusal no = step(out, r, &closure, policy);
    if (no)
        return no;
    assert(closure.next_at == closure_next(&closure, policy));
    closure_record(out, &closure, &r->line, policy);
    out->result = closure.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_UNCHANGED, ACCEPTED};

const struct verb closure_advance_verb = {
    .name = "closure.advance",
    .help = "Do with a closure what is due: remind, expire, start, escalate, erase, and what "
            "becomes of unclaimed credit",
    .who = ACTOR_SYSTEM,
    .view = "closure",
    .input = input,
    .input_size = sizeof(struct closure_advance),
    .rows_size = sizeof(struct rows),
    .money = true,
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
