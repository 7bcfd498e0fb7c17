#include "effects/message.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "effects/message_credit.h"
#include "effects/message_refund.h"
#include "rules/closing.h"
#include "rules/closure_secret.h"
#include "rules/contact.h"
#include "rules/suspension.h"

enum { MESSAGE_ARENA = 256 * 1024 };

static const char *const kinds[EFFECT_KIND_COUNT] = {
    [EFFECT_CODE_SMS] = "code",
    [EFFECT_CODE_MAIL] = "code",
    [EFFECT_ACCOUNT_EXISTS] = "account_exists",
    [EFFECT_RECEIPT] = "receipt",
    [EFFECT_CONFIRM] = "confirm",
    [EFFECT_REMIND] = "remind",
    [EFFECT_CONFIRMED] = "confirmed",
    [EFFECT_WITHDRAWN] = "withdrawn",
    [EFFECT_EXPIRED] = "expired",
    [EFFECT_CLOSED] = "closed",
    [EFFECT_ACCOUNT_MADE] = "account_made",
    [EFFECT_CONTACT_CHANGED] = "contact_changed",
    [EFFECT_SIM_CHANGED] = "sim_changed",
    [EFFECT_RESET_CODE] = "reset_code",
    [EFFECT_STATUS_CODE] = "status_code",
    [EFFECT_PASSWORD_SET] = "password_set",
    [EFFECT_DOCUMENT_WANTED] = "document_wanted",
    [EFFECT_DOCUMENT_REFUSED] = "document_refused",
    [EFFECT_IDENTITY_ACCEPTED] = "identity_accepted",
    [EFFECT_REJECTED] = "rejected",
    [EFFECT_SECOND_CHANGED] = "second_changed",
    [EFFECT_TOKEN_REUSED] = "token_reused",
    [EFFECT_CONTACT_CODE] = "contact_code",
    [EFFECT_REMOVAL_CODE] = "removal_code",
    [EFFECT_CONTACT_ADDED] = "contact_added",
    [EFFECT_CONTACT_REMOVED] = "contact_removed",
    [EFFECT_SUSPENDED] = "suspended",
    [EFFECT_SUSPENSION_ENDS] = "suspension_ends",
    [EFFECT_SUSPENSION_OVER] = "suspension_over",
    [EFFECT_REACTIVATED] = "reactivated",
    [EFFECT_SUSPENSION_LATE] = "suspension_late",
    [EFFECT_LINE_CLAIMED] = "line_claimed",
    [EFFECT_LATE_TOP_UP] = "late_top_up",
    [EFFECT_CREDIT_CHOSEN] = "credit_chosen",
    [EFFECT_UNCLAIMED_ENDS] = "unclaimed_ends",
    [EFFECT_TRANSFER_SENT] = "transfer_sent",
    [EFFECT_TRANSFER_RECEIVED] = "transfer_received",
    [EFFECT_REFUND_REQUESTED] = "refund_requested",
    [EFFECT_PAYEE_CHANGED] = "payee_changed",
    [EFFECT_REFUND_APPROVED] = "refund_approved",
    [EFFECT_REFUND_PAID] = "refund_paid",
    [EFFECT_REFUND_RETURNED] = "refund_returned",
    [EFFECT_REFUND_REJECTED] = "refund_rejected",
};

static bool by_sms(const struct message_facts *f) {
    return strcmp(f->effect.to, "sms") == 0;
}

bool message_about_closure(int64_t kind) {
    return (kind >= EFFECT_RECEIPT && kind <= EFFECT_CLOSED) ||
           (kind >= EFFECT_DOCUMENT_WANTED && kind <= EFFECT_REJECTED) ||
           message_about_credit(kind);
}

bool message_about_credit(int64_t kind) {
    return kind == EFFECT_CLOSED || kind == EFFECT_CREDIT_CHOSEN || kind == EFFECT_LATE_TOP_UP ||
           kind == EFFECT_UNCLAIMED_ENDS;
}

bool message_about_refund(int64_t kind) {
    return kind >= EFFECT_REFUND_REQUESTED && kind <= EFFECT_REFUND_REJECTED;
}

static bool about_suspension(int64_t kind) {
    return kind >= EFFECT_SUSPENDED && kind <= EFFECT_SUSPENSION_LATE;
}

bool message_about_transfer(int64_t kind) {
    return kind == EFFECT_TRANSFER_SENT || kind == EFFECT_TRANSFER_RECEIVED;
}

static bool about_challenge(int64_t kind) {
    return (kind >= EFFECT_CODE_SMS && kind <= EFFECT_ACCOUNT_EXISTS) ||
           kind == EFFECT_RESET_CODE || kind == EFFECT_STATUS_CODE || kind == EFFECT_CONTACT_CODE ||
           kind == EFFECT_REMOVAL_CODE;
}

static bool asks(int64_t kind) {
    return kind == EFFECT_CONFIRM || kind == EFFECT_REMIND || about_challenge(kind);
}

static bool about_contact(int64_t kind) {
    return kind == EFFECT_CONTACT_ADDED || kind == EFFECT_CONTACT_REMOVED;
}

static bool about_line(int64_t kind) {
    return kind == EFFECT_CONTACT_CHANGED || kind == EFFECT_SIM_CHANGED ||
           kind == EFFECT_SECOND_CHANGED || kind == EFFECT_LINE_CLAIMED || about_contact(kind);
}

void message_template(const struct effect *effect, char name[64]) {
    bool known = effect->kind > 0 && effect->kind < EFFECT_KIND_COUNT && kinds[effect->kind];
    name[0] = '\0';
    if (known)
        snprintf(name, 64, "messages/%s_%s.txt", kinds[effect->kind],
                 strcmp(effect->to, "sms") == 0 ? "sms" : "mail");
}

/* Of a closure only where there is no contact: to whoever asked for it. */
static bool to_account(const struct message_facts *f) {
    return !by_sms(f) && !message_about_refund(f->effect.kind) &&
           !about_challenge(f->effect.kind) && !f->effect.contact;
}

static const char *address_of(const struct message_facts *f) {
    if (by_sms(f))
        return f->line.number;
    if (about_challenge(f->effect.kind))
        return f->challenge.address;
    if (message_about_refund(f->effect.kind))
        return refund_address(f);
    return to_account(f) ? f->account.email : f->contact.address;
}

static const char *challenge_dropped(const struct message_facts *f) {
    const struct challenge *c = &f->challenge;
    bool reset = f->effect.kind == EFFECT_RESET_CODE;
    bool status = f->effect.kind == EFFECT_STATUS_CODE;
    if (!c->id || (reset ? !c->account : status ? !c->closure : !f->effect.line && !c->claims))
        return "no line or address to write to";
    if (c->used_at || c->expires_at <= f->now)
        return "the code is used or has expired";
    bool sms = strcmp(c->purpose, "register") == 0; /* commands/registration.h: REGISTRATION_SMS */
    if (sms != (f->effect.kind == EFFECT_CODE_SMS) || ((sms || reset) && c->proved_at))
        return "the code was proved already";
    return NULL;
}

/* Who is to send a document hears of it as long as none is there. */
static const char *document_dropped(const struct message_facts *f) {
    enum refusal may = closure_may_document(&f->closure, f->policy);
    if (f->effect.kind == EFFECT_DOCUMENT_WANTED && may != ACCEPTED)
        return "no document is waited for any more";
    if (f->effect.kind == EFFECT_DOCUMENT_REFUSED && may != ACCEPTED &&
        may != REFUSED_DOCUMENT_LIMIT)
        return "the refused document is not the last word any more";
    return NULL;
}

static const char *closure_dropped(const struct message_facts *f) {
    const struct closure *c = &f->closure;
    if (!c->id)
        return "no such closure";
    bool waits = asks(f->effect.kind);
    if (waits && closure_may_confirm(c, f->policy, CONFIRM_BY_LINK, f->now) != ACCEPTED)
        return "nothing waits for the confirmation any more";
    if (waits && !closure_message_present(c, &f->effect))
        return "a newer message took its place";
    bool told = f->effect.kind == EFFECT_CONFIRMED || f->effect.kind == EFFECT_IDENTITY_ACCEPTED;
    if (told && (c->withdrawn_at || c->deregistered_at))
        return "the closure has ended already";
    const char *why = credit_dropped(f);
    return why ? why : document_dropped(f);
}

/* What was said would no longer be so. */
static const char *suspension_dropped(const struct message_facts *f) {
    enum suspension_state state = suspension_derive(&f->suspension);
    switch (f->effect.kind) {
    case EFFECT_SUSPENSION_ENDS:
        return state == SUSPENSION_ON ? NULL : "it is not suspended any more";
    case EFFECT_SUSPENSION_OVER:
        return state == SUSPENSION_OVER ? NULL : "it is not suspended any more";
    case EFFECT_SUSPENSION_LATE:
        return state == SUSPENSION_ASKED || state == SUSPENSION_RETURNING ? NULL
                                                                          : "it was done meanwhile";
    default:
        return state == SUSPENSION_NONE ? "no such suspension" : NULL;
    }
}

/* Who was a contact when a change was recorded hears of it, even if that change removed it; of
 * other things for as long as rules/contact.h says. Nobody is asked who is a contact no more. */
static bool contact_gone(const struct message_facts *f) {
    const struct contact *c = &f->contact;
    bool told = about_line(f->effect.kind) && c->removed_at >= f->effect.made_at;
    if (asks(f->effect.kind))
        return !c->id || c->removed_at;
    return !c->id || (!contact_hears(c, f->now) && !told);
}

const char *message_dropped(const struct message_facts *f) {
    const char *why = NULL;
    if (f->effect.expires_at && f->effect.expires_at <= f->now)
        return "expired before it could be delivered";
    if (about_challenge(f->effect.kind))
        why = challenge_dropped(f);
    else if (message_about_closure(f->effect.kind))
        why = closure_dropped(f);
    else if (about_suspension(f->effect.kind))
        why = suspension_dropped(f);
    else if (message_about_transfer(f->effect.kind))
        why = f->transfer.id && f->other.id ? NULL : "no such transfer";
    else if (message_about_refund(f->effect.kind))
        why = refund_dropped(f);
    else if (about_line(f->effect.kind))
        why = f->line.id ? NULL : "no such line";
    else if (!f->account.id)
        why = "no such account";
    if (why)
        return why;
    if (by_sms(f) && (!f->line.id || f->line.state == LINE_CLOSED))
        return "the line no longer has its number";
    if (by_sms(f) && f->line.state == LINE_SUSPENDED)
        return "the line is suspended: no message reaches it";
    bool case_of = message_about_closure(f->effect.kind) || about_suspension(f->effect.kind);
    if (case_of && to_account(f) && f->account.state != ACCOUNT_ACTIVE)
        return "no account to write to";
    if (!by_sms(f) && f->effect.contact && contact_gone(f))
        return "the contact was removed";
    return address_of(f)[0] ? NULL : "no address to write to";
}

static enum language language_of(const struct message_facts *f) {
    const char *tag = message_about_closure(f->effect.kind)        ? f->closure.language
                      : about_suspension(f->effect.kind)           ? f->suspension.language
                      : message_about_refund(f->effect.kind)       ? f->refund.language
                      : about_challenge(f->effect.kind)            ? f->challenge.language
                      : f->effect.kind == EFFECT_TRANSFER_SENT     ? f->transfer.language
                      : f->effect.kind == EFFECT_TRANSFER_RECEIVED ? f->subscriber.language
                      : about_line(f->effect.kind)                 ? f->subscriber.language
                                                                   : f->account.language;
    enum language language;
    if (!language_parse(tag, &language))
        language = f->policy->languages[0];
    return policy_language(f->policy, language);
}

/* "1234 5678": read out and typed in two halves. */
static void put_code(json_t *data, const char *code) {
    char grouped[CODE_DIGITS + 2];
    snprintf(grouped, sizeof grouped, "%.4s %.4s", code, code + 4);
    json_object_set_new(data, "code", json_string(grouped));
}

void put_text(struct texts *t, const char *name, const char *text) {
    if (text && text[0])
        json_object_set_new(t->data, name, json_string(text));
}

void put_time(struct texts *t, const char *name, int64_t at) {
    if (at)
        put_text(t, name,
                 format_time(t->arena, t->language, at, (int)t->policy->utc_offset_minutes));
}

void put_date(struct texts *t, const char *name, int64_t at) {
    if (at)
        put_text(t, name,
                 format_date(t->arena, t->language, at, (int)t->policy->utc_offset_minutes));
}

void put_money(struct texts *t, const char *name, int64_t minor) {
    if (minor)
        put_text(t, name, format_money(t->arena, t->language, minor, t->policy->currency));
}

static void put_confirmation(struct texts *t, const struct message_facts *f) {
    const struct closure *c = &f->closure;
    char secret[TOKEN_TEXT], code[CODE_DIGITS + 1];
    int64_t until = closure_code_until(c, f->policy);
    closure_link(f->secrets, c, c->confirm_issue, secret);
    put_text(t, "link", arena_format(t->arena, "%s/c/%s#%s", f->site, c->reference, secret));
    put_time(t, "confirm_by", c->confirm_expires_at);
    if (until <= f->now)
        return; /* the code died while the message waited; the link still lives */
    closure_code(f->secrets, c, code);
    put_code(t->data, code);
    put_time(t, "code_until", until);
}

/* Of a closure that asks for a document: where to send it and by when, and why one was refused. */
static void put_identity(struct texts *t, const struct message_facts *f) {
    const struct closure *c = &f->closure;
    bool asked = c->identity_asked == IDENTITY_DOCUMENT && !c->identity_at;
    if (asked)
        json_object_set_new(t->data, "identity_pending", json_true());
    if (closure_may_document(c, f->policy) == ACCEPTED) {
        put_text(t, "document_link",
                 arena_format(t->arena, "%s/closures/%lld/document", f->site, (long long)c->id));
        put_time(t, "document_by", closure_document_by(c, f->policy));
    }
    const char *reason = document_reason_sentence((int)c->document_reason);
    if (reason[0])
        put_text(t, "document_reason", words(t->language, reason));
    if (c->confirmed_at && asked)
        json_object_set_new(t->data, "document_missing", json_true());
    if (c->due_at <= f->now)
        json_object_set_new(t->data, "late", json_true());
    if (c->identity_by == IDENTIFIED_ORIGINAL)
        json_object_set_new(t->data, "original", json_true());
    if (c->confirmed_at)
        json_object_set_new(t->data, "is_confirmed", json_true());
}

static void put_closure_facts(struct texts *t, const struct message_facts *f) {
    const struct closure *c = &f->closure;
    struct credit credit = {.paid_minor = c->paid_minor, .promotional_minor = c->promotional_minor};
    struct closing plan = closing_plan(&f->line, c, &credit, NULL, f->policy, f->now);
    put_text(t, "reference", c->reference);
    put_time(t, "submitted", c->submitted_at);
    put_time(t, "due", c->due_at);
    put_time(t, "undo_until", c->undo_until);
    put_time(t, "confirm_by", c->confirm_expires_at);
    put_time(t, "closed", c->deregistered_at);
    put_money(t, "paid", c->paid_minor);
    if (f->policy->after_claim != AFTER_CLAIM_KEEP) /* else it can be claimed for good */
        put_date(t, "claim_until", c->claim_until);
    if (message_about_credit(f->effect.kind))
        put_credit_facts(t, f);
    put_money(t, "unclaimed", f->unclaimed.balance);
    put_money(t, "promotional", c->promotional_minor);
    put_date(t, "number_until", c->quarantine_until);
    put_date(t, "reclaim_until", plan.reclaim_until);
    put_date(t, "erase_after", c->erase_after);
    put_identity(t, f);
    json_object_set_new(t->data, "attested", json_boolean(c->cut_how == CUT_ATTESTED));
    if (f->effect.kind == EFFECT_CONFIRM || f->effect.kind == EFFECT_REMIND)
        put_confirmation(t, f);
}

static void put_suspension_facts(struct texts *t, const struct message_facts *f) {
    const struct suspension *s = &f->suspension;
    bool runs = f->policy->suspension_validity_runs;
    put_time(t, "asked", s->asked_at);
    put_time(t, "suspended", s->barred_at);
    put_time(t, "until", s->until);
    put_time(t, "reactivated", s->unbarred_at);
    put_money(t, "fee", s->fee_taken_minor);
    put_date(t, "expires", f->line.expires_at);
    json_object_set_new(t->data, "validity_runs", json_boolean(runs));
    json_object_set_new(t->data, "returning", json_boolean(s->back_at != 0));
    json_object_set_new(t->data, "by_itself", json_boolean(s->back_why == BACK_LAST_DAY));
    json_object_set_new(t->data, "stays",
                        json_boolean(f->policy->suspension_at_end == AT_END_STAY));
}

/* The other line's number is masked, too: who reads the message is not always who typed it. */
static void put_transfer_facts(struct texts *t, const struct message_facts *f) {
    const struct transfer *transfer = &f->transfer;
    put_text(t, "other", format_number_masked(t->arena, f->other.number));
    put_money(t, "amount", transfer->amount_minor);
    put_time(t, "at", transfer->at);
    if (f->effect.kind == EFFECT_TRANSFER_SENT)
        put_money(t, "fee", transfer->fee_minor);
}

static void put_challenge_facts(struct texts *t, const struct message_facts *f) {
    const struct challenge *c = &f->challenge;
    char code[CODE_DIGITS + 1];
    secret_code(f->secrets, c->purpose, c->id, c->issue, c->nonce, code);
    put_code(t->data, code);
    put_time(t, "code_until", c->expires_at);
}

static json_t *data_of(const struct message_facts *f, struct arena *arena, enum language language) {
    struct texts t = {json_object(), arena, language, f->policy};
    if (!t.data)
        return NULL;
    put_text(&t, "operator", f->policy->name[language]);
    put_text(&t, "hotline", format_number(arena, f->policy->hotline_number));
    put_text(&t, "site", f->site);
    if (f->line.id)
        put_text(&t, "number", format_number_masked(arena, f->line.number));
    if (message_about_closure(f->effect.kind))
        put_closure_facts(&t, f);
    if (about_suspension(f->effect.kind))
        put_suspension_facts(&t, f);
    if (message_about_refund(f->effect.kind))
        put_refund_facts(&t, f);
    if (about_challenge(f->effect.kind))
        put_challenge_facts(&t, f);
    if (message_about_transfer(f->effect.kind))
        put_transfer_facts(&t, f);
    if (about_line(f->effect.kind) || f->effect.kind == EFFECT_PASSWORD_SET ||
        f->effect.kind == EFFECT_TOKEN_REUSED)
        put_time(&t, "changed", f->effect.made_at);
    if (about_contact(f->effect.kind)) {
        put_text(&t, "address", format_email_masked(arena, f->about.address));
        put_date(&t, "confirms_from", f->about.since + f->policy->contact_age_days * DAY);
    }
    if (about_line(f->effect.kind) && f->contact.removed_at)
        put_time(&t, "told_until", f->contact.told_until);
    return t.data;
}

/* A mail's first line is its subject; ends are trimmed. */
static bool split(const char *rendered, bool sms, struct message *message) {
    const char *at = rendered;
    if (!sms) {
        size_t subject = strcspn(rendered, "\n");
        if (!subject || subject >= sizeof message->subject)
            return false;
        memcpy(message->subject, rendered, subject);
        at += subject;
    }
    while (*at == '\n')
        at++;
    size_t length = strlen(at);
    while (length && (at[length - 1] == '\n' || at[length - 1] == ' '))
        length--;
    if (!length || length >= sizeof message->text)
        return false;
    memcpy(message->text, at, length);
    message->text[length] = '\0';
    return true;
}

bool message_make(const struct pages *pages, const struct message_facts *f,
                  struct message *message) {
    struct arena arena;
    struct buffer out;
    char name[64];
    assert(f->policy && f->site && !message_dropped(f));
    message_template(&f->effect, name);
    *message = (struct message){.language = language_of(f)};
    snprintf(message->to, sizeof message->to, "%s", address_of(f));
    arena_open(&arena, MESSAGE_ARENA);
    buffer_open(&out, 4 * TEXT_SIZE);
    json_t *data = data_of(f, &arena, message->language);
    bool good = data && name[0] && pages_render(pages, message->language, name, data, &out) &&
                out.data && split(out.data, by_sms(f), message);
    json_decref(data);
    buffer_close(&out);
    arena_close(&arena);
    return good;
}
