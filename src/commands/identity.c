#include "commands/identity.h"

#include <string.h>

#include "base/clock.h"
#include "commands/closure_shared.h"

/* What all three are decided on. */
struct rows {
    struct closure closure;
    struct line line;
    struct staff staff;
    struct contact contacts[CONTACTS_A_LINE];
    struct work works[WORKS_A_CLOSURE];
    struct document_row documents[DOCUMENTS_A_CLOSURE];
};

static void load(struct load *load, const void *given, void *rows) {
    const struct closure_target *in = given; /* how the inputs begin */
    struct rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_staff(load, load->actor->id, &r->staff);
    want_contacts(load, in->line, r->contacts);
    want_works(load, in->closure, r->works);
    want_documents(load, in->closure, r->documents);
}

/* The closure is the operator's, and whoever asks is a member of its staff, by name. */
static enum refusal begin(struct outcome *out, const struct rows *r) {
    if (!r->staff.id || r->staff.removed_at)
        return REFUSED_NOT_ALLOWED;
    if (!out->policy || !closure_fits(&r->closure, &r->line))
        return REFUSED_NOT_FOUND;
    out->subject = r->line.id;
    out->result = r->closure.id;
    return ACCEPTED;
}

/* A picture that waits is decided on by whoever looked at it: another may have come meanwhile. */
static enum refusal looked_at(const struct closure *closure, const struct policy *policy,
                              int64_t document) {
    if (closure_document_waits(closure, policy) && closure->document != document)
        return REFUSED_DOCUMENT_OTHER;
    return ACCEPTED;
}

/* Notes the decision in the picture's row; its days begin. document 0: there was none. */
static void decided(struct outcome *out, const struct rows *r, const struct policy *policy,
                    int64_t document, enum document_decision decision,
                    enum document_reason reason) {
    for (size_t i = 0; i < DOCUMENTS_A_CLOSURE; i++) {
        struct document_row row = r->documents[i];
        if (!row.id || row.id != document)
            continue;
        row.decided_at = out->now;
        row.decision = decision;
        row.reason = reason;
        row.erase_after = out->now + policy->document_days * DAY;
        put_document_row(out, &row);
    }
}

/* The picture that waits, or 0. */
static int64_t waiting(const struct rows *r, const struct policy *policy) {
    return closure_document_waits(&r->closure, policy) ? r->closure.document : 0;
}

/* --- identity.show --- */

static const struct field show_input[] = {
    INPUT(FIELD_ID, identity_show, closure, 1, INT64_MAX, "The closure"),
    FIELD_END,
};

static enum refusal show_decide(struct outcome *out, const void *given, const void *rows) {
    (void)given;
    return begin(out, rows);
}

static const enum refusal show_refusals[] = {REFUSED_NOT_FOUND, REFUSED_NOT_ALLOWED, ACCEPTED};

const struct verb identity_show_verb = {
    .name = "identity.show",
    .help = "Show what is needed to decide on an identity; the journal notes who looked",
    .who = ACTOR_STAFF,
    .scope = "identity:write",
    .view = "identity_case",
    .once = true,
    .input = show_input,
    .input_size = sizeof(struct identity_show),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = show_decide,
    .refusals = show_refusals,
};

/* --- identity.accept --- */

static const struct field accept_input[] = {
    INPUT(FIELD_ID, identity_accept, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, identity_accept, document, 0, INT64_MAX,
          "The document that you looked at (identity show says its id)"),
    INPUT(FIELD_BOOL, identity_accept, original, 0, 1,
          "The person was there with the original: accepts and confirms without a document"),
    FIELD_END,
};

static enum refusal accept_decide(struct outcome *out, const void *given, const void *rows) {
    const struct identity_accept *in = given;
    const struct rows *r = rows;
    struct closure closure = r->closure;
    enum refusal no = begin(out, r);
    if (no)
        return no;
    const struct policy *policy = closure_policy(out, &closure);
    if (!in->original)
        no = looked_at(&closure, policy, in->document);
    if (!no)
        no = closure_identify(&closure, policy,
                              in->original ? IDENTIFIED_ORIGINAL : IDENTIFIED_DOCUMENT, out->now);
    if (no)
        return no;
    decided(out, r, policy, waiting(r, policy), DECISION_ACCEPTED, REASON_NONE);
    put_closure(out, &closure);
    closure_works_end(out, r->works, WORK_IDENTITY, "accepted", r->staff.id);
    if (closure.confirmed_at) /* no message has to arrive any more */
        closure_works_end(out, r->works, WORK_MESSAGE, "confirmed", r->staff.id);
    closure_tell(out, EFFECT_IDENTITY_ACCEPTED, &closure, r->contacts, true);
    return ACCEPTED;
}

static const enum refusal accept_refusals[] = {
    REFUSED_NOT_FOUND, REFUSED_NOT_ALLOWED,      REFUSED_CLOSURE_STATE,
    REFUSED_UNCHANGED, REFUSED_DOCUMENT_MISSING, REFUSED_DOCUMENT_OTHER,
    ACCEPTED,
};

const struct verb identity_accept_verb = {
    .name = "identity.accept",
    .help = "Accept the identity of who asks, by the document that was sent or by the original",
    .who = ACTOR_STAFF,
    .scope = "identity:write",
    .view = "closure",
    .input = accept_input,
    .input_size = sizeof(struct identity_accept),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = accept_decide,
    .refusals = accept_refusals,
};

/* --- identity.reject --- */

static const struct field reject_input[] = {
    INPUT(FIELD_ID, identity_reject, closure, 1, INT64_MAX, "The closure"),
    INPUT(FIELD_ID, identity_reject, document, 0, INT64_MAX,
          "The document that you looked at (identity show says its id)"),
    INPUT(FIELD_TEXT, identity_reject, reason, 1, CODE_SIZE - 1,
          "unreadable, cut_off, no_document, other_document, expired, name_differs, "
          "somebody_elses or changed"),
    INPUT(FIELD_BOOL, identity_reject, end, 0, 1,
          "It is certain that somebody else asks: end the closure; no other document is taken"),
    FIELD_END,
};

static enum refusal reject_decide(struct outcome *out, const void *given, const void *rows) {
    const struct identity_reject *in = given;
    const struct rows *r = rows;
    struct closure closure = r->closure;
    enum document_reason reason = document_reason_of(in->reason);
    enum refusal no = begin(out, r);
    if (no)
        return no;
    if (reason == REASON_NONE)
        return REFUSED_REASON;
    const struct policy *policy = closure_policy(out, &closure);
    no = looked_at(&closure, policy, in->document);
    if (!no)
        no = in->end ? closure_reject(&closure, policy, reason, out->now)
                     : closure_refuse_document(&closure, policy, reason, out->now);
    if (no)
        return no;
    decided(out, r, policy, waiting(r, policy), DECISION_REFUSED, reason);
    closure_record(out, &closure, &r->line, policy);
    closure_works_end(out, r->works, in->end ? 0 : WORK_IDENTITY, "refused", r->staff.id);
    closure_tell(out, in->end ? EFFECT_REJECTED : EFFECT_DOCUMENT_REFUSED, &closure, r->contacts,
                 true);
    return ACCEPTED;
}

static const enum refusal reject_refusals[] = {
    REFUSED_NOT_FOUND,        REFUSED_NOT_ALLOWED,    REFUSED_REASON, REFUSED_CLOSURE_STATE,
    REFUSED_DOCUMENT_MISSING, REFUSED_DOCUMENT_OTHER, ACCEPTED,
};

const struct verb identity_reject_verb = {
    .name = "identity.reject",
    .help = "Refuse the document that was sent, with a reason; the person may send another",
    .who = ACTOR_STAFF,
    .scope = "identity:write",
    .view = "closure",
    .input = reject_input,
    .input_size = sizeof(struct identity_reject),
    .rows_size = sizeof(struct rows),
    .prepare = closure_prepare,
    .load = load,
    .decide = reject_decide,
    .refusals = reject_refusals,
};
