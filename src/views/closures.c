/* The views of closures: one with its timeline, and the list. State and "what it waits for" are
 * derived by rules/closure.h; amounts and dates are what was recorded at closing, or before that
 * what closing_plan() says now. */
#include <stdio.h>
#include <string.h>

#include "rules/closing.h"
#include "rules/closure_secret.h"
#include "views/certificates.h"
#include "views/cases.h"
#include "views/timeline.h"

static const char *const states[] = {
    [CLOSURE_DRAFT] = "draft",         [CLOSURE_SUBMITTED] = "submitted",
    [CLOSURE_EXECUTING] = "executing", [CLOSURE_CLOSED] = "closed",
    [CLOSURE_WITHDRAWN] = "withdrawn", [CLOSURE_REJECTED] = "rejected",
    [CLOSURE_EXPIRED] = "expired",     [CLOSURE_STATE_COUNT] = view_values_end,
};
static const char *const waits[] = {
    [WAITS_NOBODY] = "nobody",
    [WAITS_PERSON_CONFIRMATION] = "person_confirmation",
    [WAITS_PERSON_IDENTITY] = "person_identity",
    [WAITS_OPERATOR_IDENTITY] = "operator_identity",
    [WAITS_UNDO_WINDOW] = "undo_window",
    [WAITS_NETWORK] = "network",
    [WAITS_STAFF] = "staff",
    [CLOSURE_WAITS_COUNT] = view_values_end,
};
static const char *const bases[] = {NULL,        "person",   "expiry",   "company",
                                    "regulator", "port_out", "transfer", view_values_end};
static const char *const matched_roles[] = {NULL, "registered_person", "endorsing_adult",
                                            "responsible_person", view_values_end};
static const char *const cut_hows[] = {NULL, "read_back", "attested", view_values_end};
static const char *const identities[] = {"match", "document", view_values_end};
static const char *const identified[] = {NULL, "match", "document", "original", view_values_end};
enum { DOCUMENT_NOT, DOCUMENT_WAITS, DOCUMENT_ACCEPTED, DOCUMENT_REFUSED };
static const char *const document_states[] = {NULL, "waiting", "accepted", "refused",
                                              view_values_end};
static const char *const reasons[] = {
    NULL,      "unreadable",   "cut_off",        "no_document", "other_document",
    "expired", "name_differs", "somebody_elses", "changed",     view_values_end};
struct can_view {
    int64_t known, confirm, resend, withdraw, renew_secret, document, certificate;
};
struct closure_view {
    int64_t id, line, basis, state, waits_for, submitted_at, due_at, identity_at, confirmed_at;
    int64_t confirm_expires_at, code_expires_at, undo_until, executing_at, cut_at, cut_how;
    int64_t closed_at, withdrawn_at, rejected_at, expired_at, contact, to_line, escalated;
    int64_t confirmation_delivered, overdue, matched_role;
    int64_t identity_asked, identity_by, document, document_at, document_reason, document_by;
    int64_t documents_left, documents_spent, document_kept_until, unreachable;
    int64_t paid_minor, promotional_minor, currency_exponent;
    int64_t quarantine_until, reclaim_until, claim_until, erase_after;
    char reference[REFERENCE_SIZE], number[NUMBER_SIZE], number_masked[NUMBER_SIZE];
    char currency[4], language[16], evidence[200], status_secret[STATUS_SECRET_SIZE];
    char contact_address[EMAIL_SIZE];
    struct view_list timeline;
    struct can_view can;
};

static const struct view_field can_fields[] = {
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, confirm), .help = "it can be confirmed now"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, resend), .help = "a new message can be asked for"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, withdraw), .help = "it can be called off"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, renew_secret),
     .help = "another status secret can be made: only by who submitted it"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, document), .help = "a document can be sent"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, can_view, certificate),
     .help = "it has a certificate, which you may have"},
    VIEW_END,
};

static const struct view_field closure_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, closure_view, id), .help = "the closure's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, closure_view, reference), .help = "what people read out"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, state), .help = "its state", .values = states},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, waits_for), .help = "whom it waits for",
     .values = waits},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, basis), .help = "why the line is closed",
     .values = bases},
    {VIEW(VIEW_ID, VIEW_PUBLIC, closure_view, line), .help = "the line"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, closure_view, number), .help = "its number, E.164",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_TEXT, VIEW_MASKED, closure_view, number_masked), .help = "its number, masked",
     .mask = MASK_NUMBER},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, closure_view, status_secret),
     .help = "with the reference it shows the status; only in the answer to who submits or renews"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, submitted_at), .help = "when the clock began"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, due_at), .help = "by when it must be done"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, overdue),
     .help = "it is open, and should have been done by now"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, identity_at), .help = "identity accepted"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, matched_role),
     .help = "whose document was matched: the registered person's own, that of the adult who "
             "endorsed it, or that of the company's responsible person",
     .values = matched_roles},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, identity_asked),
     .help = "match: the ID number; document: a picture of the document as well",
     .values = identities},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, identity_by),
     .help = "how it was accepted: match; document, which was not checked against the original; "
             "original: the person was there with it",
     .values = identified},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, document),
     .help = "what became of the last document", .values = document_states},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, document_at), .help = "when it came"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, document_reason), .help = "why it was refused",
     .values = reasons},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, document_by),
     .help = "by when a document must come, or the person with the original; only while wanted"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, closure_view, documents_left),
     .help = "how many more documents can be sent"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, documents_spent),
     .help = "none of those that came could be used, and no more is taken: a counter is open"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, document_kept_until),
     .help = "when the next document of those that came is erased; while one waits it is kept"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, unreachable),
     .help = "nothing can be sent that would confirm it: a counter can"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, to_line),
     .help = "the confirmation goes to the line itself, else to the contact"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, closure_view, contact), .help = "the contact it goes to"},
    {VIEW(VIEW_TEXT, VIEW_MASKED, closure_view, contact_address), .help = "its address, masked",
     .mask = MASK_EMAIL},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, confirmation_delivered),
     .help = "the message with the present link and code left the house"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, confirm_expires_at),
     .help = "until when the link confirms"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, code_expires_at),
     .help = "until when the code of the last message confirms"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, confirmed_at), .help = "when it was confirmed"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, undo_until),
     .help = "until when it can be called off after it was confirmed"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, executing_at), .help = "when execution began"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, closure_view, escalated), .help = "the staff were called"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, cut_at), .help = "when the network was cut"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_view, cut_how),
     .help = "read back from the network, or attested by staff", .values = cut_hows},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, closure_view, evidence),
     .help = "what was seen; an attestation's own words are for staff"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, closed_at), .help = "when it was deregistered"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, withdrawn_at), .help = "when it was called off"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, rejected_at), .help = "when it was rejected"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, expired_at),
     .help = "when it ended because nobody confirmed"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, closure_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, closure_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, closure_view, paid_minor),
     .help = "paid credit that can be claimed, minor units; 0 for who has not proved the SIM"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, closure_view, promotional_minor),
     .help = "promotional credit that ends, minor units"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, claim_until),
     .help = "until when it can be claimed"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, quarantine_until),
     .help = "until when the number rests"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, reclaim_until),
     .help = "until when the person can have the number back"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_view, erase_after),
     .help = "until when the registration is kept, by law"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, closure_view, language), .help = "language of the messages"},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, closure_view, timeline),
     .help = "what happened, happens and will happen", .fields = timeline_fields},
    {VIEW(VIEW_OBJECT, VIEW_PUBLIC, closure_view, can), .help = "what can be done with it now",
     .fields = can_fields},
    VIEW_END,
};

/* Asked of the rules by trying on a copy: what is offered is what would be accepted. */
static struct can_view can_of(const struct closure *closure, const struct policy *policy,
                              int64_t now) {
    struct closure again = *closure, off = *closure;
    return (struct can_view){
        .known = 1,
        .confirm = closure_may_confirm(closure, policy, CONFIRM_BY_LINK, now) == ACCEPTED,
        .resend = !closure->unreachable && closure_resend(&again, policy, now) == ACCEPTED,
        .withdraw = closure_withdraw(&off, policy, now) == ACCEPTED,
        .document = closure_may_document(closure, policy) == ACCEPTED};
}

static void closure_times(struct closure_view *view, const struct closure *c,
                          const struct policy *policy) {
    *view = (struct closure_view){.id = c->id,
                                  .line = c->line,
                                  .basis = c->basis,
                                  .submitted_at = c->submitted_at,
                                  .due_at = c->due_at,
                                  .identity_at = c->identity_at,
                                  .matched_role = c->matched_role,
                                  .confirmed_at = c->confirmed_at,
                                  .confirm_expires_at = c->confirm_expires_at,
                                  .code_expires_at = closure_code_until(c, policy),
                                  .undo_until = c->undo_until,
                                  .executing_at = c->executing_at,
                                  .cut_at = c->cut_at,
                                  .cut_how = c->cut_how,
                                  .closed_at = c->deregistered_at,
                                  .withdrawn_at = c->withdrawn_at,
                                  .rejected_at = c->rejected_at,
                                  .expired_at = c->expired_at,
                                  .contact = c->contact,
                                  .to_line = c->contact == 0,
                                  .confirmation_delivered = c->confirm_delivered_at != 0,
                                  .escalated = c->escalated_at != 0,
                                  .currency_exponent = policy->currency_exponent};
    memcpy(view->reference, c->reference, sizeof view->reference);
    memcpy(view->currency, policy->currency, sizeof view->currency);
    memcpy(view->language, c->language, sizeof view->language);
    memcpy(view->evidence, c->evidence, sizeof view->evidence);
}

/* What is asked to prove who it is, and what became of it. */
static void identity_fill(struct closure_view *view, const struct closure *c,
                          const struct policy *policy) {
    enum refusal may = closure_may_document(c, policy);
    view->identity_asked = c->identity_asked;
    view->identity_by = c->identity_by;
    view->document_at = c->document_at;
    view->document_reason = c->document_reason;
    view->documents_spent = may == REFUSED_DOCUMENT_LIMIT;
    if (may == ACCEPTED || view->documents_spent)
        view->document_by = closure_document_by(c, policy);
    view->document_kept_until = c->document_erase_at;
    view->documents_left =
        c->identity_asked == IDENTITY_DOCUMENT ? DOCUMENTS_A_CLOSURE - c->documents : 0;
    view->unreachable = c->unreachable;
    if (closure_document_waits(c, policy))
        view->document = DOCUMENT_WAITS;
    else if (c->document && c->identity_by == IDENTIFIED_DOCUMENT)
        view->document = DOCUMENT_ACCEPTED;
    else if (c->document && c->document_reason)
        view->document = DOCUMENT_REFUSED;
}

/* What a closure's view is made of. */
struct closure_rows {
    struct closure closure;
    struct line line;
    struct ledger_account accounts[LEDGERS_A_LINE];
    struct contact contact;
    struct chosen_rows chosen;
    bool mine;    /* the line is the account's, or of the operator that the actor works for */
    bool claimed; /* it was asked for without the line's SIM: no credit, no whole number */
};

static bool closure_asked(const struct view_context *context, const struct closure *closure) {
    return context->actor->kind == ACTOR_SUBSCRIBER && closure->account == context->actor->id;
}

/* Who may: the line's account, integrators and staff of the operator, and whoever holds the status
 * secret or the link of a confirmation. */
static bool closure_mine(const struct view_context *context, const struct closure_rows *rows) {
    const struct closure *closure = &rows->closure;
    bool secret = context->granted ||
                  closure_status_fits(context->secrets, closure, context->secret) ||
                  closure_link_fits(context->secrets, closure, context->secret);
    if (!rows->line.id || closure->operator!= context->actor->operator)
        return false;
    return rows->mine || (rows->claimed && closure_asked(context, closure)) ||
           (secret && closure_shows(closure, closure_view_policy(context, closure), context->now));
}

static json_t *closure_json(struct view_context *context, struct closure_rows *rows) {
    const struct closure *closure = &rows->closure;
    const struct line *line = &rows->line;
    const struct policy *policy = closure_view_policy(context, closure);
    struct closure_status status = closure_derive(closure, policy);
    bool done = status.state == CLOSURE_CLOSED;
    bool ended = !done && !closure_is_open(closure, policy);
    struct closing plan =
        closing_shown(line, closure, rows->accounts, &rows->chosen, policy, context->now);
    struct closure_view view;
    struct timeline timeline;
    closure_times(&view, closure, policy);
    identity_fill(&view, closure, policy);
    view.state = status.state;
    view.waits_for = status.waits;
    view.overdue = !done && !ended && context->now > closure->due_at;
    memcpy(view.number, line->number, sizeof view.number);
    memcpy(view.number_masked, line->number, sizeof view.number_masked);
    if (!ended) { /* nothing becomes of the money and number of a line that stays */
        view.paid_minor =
            done ? line_balances(rows->accounts).unclaimed : plan.money.unclaimed_minor;
        view.promotional_minor = plan.money.promotional_minor;
        view.claim_until = done ? closure->claim_until : plan.claim_until;
        view.quarantine_until = done ? closure->quarantine_until : plan.number_until;
        view.reclaim_until = plan.reclaim_until;
        view.erase_after = done ? closure->erase_after : plan.registration_erase_after;
    }
    if (rows->claimed) { /* it is not proved that they are the claimant's */
        view.paid_minor = view.promotional_minor = view.claim_until = 0;
        memset(view.number, 0, sizeof view.number);
    }
    if (closure->cut_how == CUT_ATTESTED && context->actor->kind != ACTOR_STAFF)
        snprintf(view.evidence, sizeof view.evidence,
                 "attested by staff"); /* free text is theirs */
    if (closure->contact && rows->contact.id == closure->contact)
        memcpy(view.contact_address, rows->contact.address, sizeof view.contact_address);
    bool person = context->actor->kind == ACTOR_SUBSCRIBER && rows->mine;
    bool submitted_it =
        ((person || rows->claimed) && closure_asked(context, closure)) ||
        (context->actor->kind == ACTOR_API && closure->api_key == context->actor->id);
    context->own = person || submitted_it;
    if (submitted_it && context->once)
        closure_status_secret(context->secrets, closure, view.status_secret);
    timeline_fill(&timeline, closure, &plan, context->now);
    view.timeline = (struct view_list){timeline.steps, timeline.count, sizeof *timeline.steps};
    view.can = can_of(closure, policy, context->now);
    view.can.renew_secret = submitted_it;
    view.can.certificate = certificate_offered(context, closure);
    return view_json(context, closure_fields, &view);
}

static void closure_load(struct load *load, int64_t id, void *to) {
    struct closure_rows *rows = to;
    want_closure(load, id, &rows->closure);
    want_closure_line(load, id, &rows->line);
    want_closure_ledgers(load, id, rows->accounts);
    want_closure_contact(load, id, &rows->contact);
    want_chosen(load, id, &rows->chosen);
}

static json_t *closure_build(struct view_context *context, int64_t id) {
    struct closure_rows own = {.mine = false}, *rows = context->rows ? context->rows : &own;
    if (rows == &own) {
        struct load load = view_wants(context);
        closure_load(&load, id, rows);
        view_fetch(context, &load);
    }
    rows->mine = view_line_mine(context, &rows->line); /* an account's link is a read of its own */
    rows->claimed = !rows->mine && view_claims(context, rows->closure.account, rows->line.id);
    if (context->down || !context->tenant || !context->policy || !closure_mine(context, rows))
        return NULL;
    return closure_json(context, rows);
}

const struct view closure_view = {
    .name = "closure",
    .help = "A closure: state, timeline, whom it waits for and by when, what remains",
    .who = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER | ACTOR_API | ACTOR_STAFF,
    .scope = "closures:read",
    .fields = closure_fields,
    .rows_size = sizeof(struct closure_rows),
    .load = closure_load,
    .build = closure_build,
};

/* --- closures --- */

struct closure_item {
    int64_t id, line, state, waits_for, submitted_at, due_at, closed_at;
    char reference[REFERENCE_SIZE];
};

static const struct view_field item_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, closure_item, id), .help = "the closure's id"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, closure_item, reference), .help = "what people read out"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, closure_item, line), .help = "the line"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_item, state), .help = "its state", .values = states},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, closure_item, waits_for), .help = "whom it waits for",
     .values = waits},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_item, submitted_at), .help = "when the clock began"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_item, due_at), .help = "by when it must be done"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, closure_item, closed_at), .help = "when it was deregistered"},
    VIEW_END,
};

static json_t *closures_build(struct view_context *context, int64_t id) {
    struct closure found;
    const struct closure *rows = &found;
    size_t count = 0;
    int64_t next = 0;
    (void)id;
    if (!context->policy)
        return NULL;
    if (context->search[0])
        count = read_closure_by_reference(context, context->search, &found);
    else
        rows = view_page_rows(context, CLOSURE_PAGE, false, &count, &next);
    struct closure_item *items = arena_take(context->arena, (count + 1) * sizeof *items);
    if (!rows || !items) {
        context->down = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct closure_status status =
            closure_derive(&rows[i], closure_view_policy(context, &rows[i]));
        items[i] = (struct closure_item){.id = rows[i].id,
                                         .line = rows[i].line,
                                         .state = status.state,
                                         .waits_for = status.waits,
                                         .submitted_at = rows[i].submitted_at,
                                         .due_at = rows[i].due_at,
                                         .closed_at = rows[i].deregistered_at};
        memcpy(items[i].reference, rows[i].reference, sizeof items[i].reference);
    }
    return view_page(context, item_fields, items, count, sizeof *items, next);
}

const struct view closures_view = {
    .name = "closures",
    .help = "The operator's closures; search takes a whole reference",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "closures:read",
    .list = true,
    .fields = item_fields,
    .build = closures_build,
};
