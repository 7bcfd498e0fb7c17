#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/account_password.h"
#include "commands/contact.h"
#include "commands/identity.h"
#include "commands/refund.h"
#include "commands/status_open.h"
#include "commands/settlement.h"
#include "commands/suspension.h"
#include "commands/transfer.h"
#include "proof_kit.h"
#include "rules/refund.h"

enum { WRONG = 9990 };

struct case_kit kit;
struct proof_world w;

void sql(const char *format, ...) {
    char text[400];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    kit_sql(&kit.kit, text);
}

static enum refusal attempt(const struct verb *verb, const struct actor *actor, void *input,
                            struct job *job) {
    static int keys;
    struct job own;
    char key[24];
    enum refusal no = verb_allowed(verb, actor); /* as every door does first */
    snprintf(key, sizeof key, "cell %d", ++keys);
    return no ? no : kit_run(&kit.kit, verb, actor, input, key, job ? job : &own);
}

void must(const struct verb *verb, const struct actor *actor, void *input, struct job *job) {
    enum refusal no = attempt(verb, actor, input, job);
    if (no)
        fail_msg("%s, which comes before: %s", verb->name, refusal_about(no)->code);
}

static struct closure closure_now(void) {
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, w.closure, &closure);
    return closure;
}

struct line line_now(void) {
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    return line;
}

static void wrong_unless(bool right, char *code) {
    if (!right)
        code[0] = code[0] == '9' ? '0' : (char)(code[0] + 1);
}

static void challenge_code(const struct job *asked, bool right, char holder[TOKEN_TEXT],
                           char code[CODE_TYPED]) {
    struct challenge c;
    case_read(&kit, CHALLENGE_BY_ID, asked->result, &c);
    snprintf(holder, TOKEN_TEXT, "%.43s", asked->secret);
    secret_code(&kit.kit.secrets, c.purpose, c.id, c.issue, c.nonce, code);
    wrong_unless(right, code);
}

/* The registered number, or somebody else's. */
static void identity(bool right, char type[CODE_SIZE], char number[DOCUMENT_SIZE]) {
    struct line_import other = case_row(WRONG);
    snprintf(type, CODE_SIZE, "hkid");
    memcpy(number, right ? w.person.document : other.document, DOCUMENT_SIZE);
}

/* --- closures --- */

static void submitted_by(const struct actor *actor) {
    struct closure_submit in = {.line = kit.line, .contact = kit.contact, .language = "en"};
    struct job job;
    identity(true, in.document_type, in.document);
    must(&closure_submit_verb, actor, &in, &job);
    w.closure = job.result;
}

static void submitted(void) {
    submitted_by(w.actor.kind == ACTOR_API ? &kit.api : &kit.person);
}

static void asked_for_document(void) {
    submitted();
    sql("UPDATE closure SET identity_asked = %d, identity_at = 0", IDENTITY_DOCUMENT);
}

static enum refusal give_submit(uint32_t bits) {
    struct closure_submit in = {.line = kit.line, .language = "en"};
    struct job job;
    in.contact = w.way.bits & PROOF_SECOND_CHANNEL ? kit.contact : 0;
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    enum refusal no = attempt(&closure_submit_verb, &w.actor, &in, &job);
    w.closure = no ? 0 : job.result;
    return no;
}

/* Is it carried out: confirmed, the undo window over, all steps done that are due; give: its
 * document was sent and accepted. */
static bool submit_done(bool give) {
    if (give) {
        assert_int_equal(case_document(&kit, &kit.person, w.closure), ACCEPTED);
        struct identity_accept in = {.closure = w.closure, .document = closure_now().document};
        struct actor decides = kit.staff;
        snprintf(decides.scopes, sizeof decides.scopes, "identity:write");
        must(&identity_accept_verb, &decides, &in, NULL);
    } else {
        assert_int_equal(case_confirm(&kit, w.closure), ACCEPTED);
    }
    kit_now += HOUR;
    for (int i = 0; i < 8 && case_advance(&kit, w.closure) == ACCEPTED; i++)
        ;
    return closure_now().executing_at != 0;
}

static enum refusal give_resend(uint32_t bits) {
    struct closure closure = closure_now();
    struct closure_resend in = {.closure = w.closure};
    if (w.way.bits & PROOF_STATUS_SECRET) {
        closure_status_secret(&kit.kit.secrets, &closure, in.status_secret);
        if (!(bits & PROOF_STATUS_SECRET))
            memcpy(in.status_secret, "2222-2222-2222-2222", 20);
    }
    return attempt(&closure_resend_verb, &w.actor, &in, NULL);
}

static enum refusal give_confirm(uint32_t bits) {
    struct closure closure = closure_now();
    struct closure_confirm in = {.closure = w.closure};
    closure_code(&kit.kit.secrets, &closure, in.code);
    wrong_unless(bits & PROOF_CONFIRMATION, in.code);
    if (w.way.bits & ~bits & PROOF_SECOND_CHANNEL) /* it went to the line */
        sql("UPDATE closure SET contact = 0");
    enum refusal no = attempt(&closure_confirm_verb, &w.actor, &in, NULL);
    sql("UPDATE closure SET contact = %lld", (long long)kit.contact);
    return no;
}

static enum refusal give_withdraw(uint32_t bits) {
    struct closure closure = closure_now();
    struct closure_withdraw in = {.closure = w.closure};
    if (w.way.bits & PROOF_CONFIRMATION) {
        closure_code(&kit.kit.secrets, &closure, in.code);
        wrong_unless(bits & PROOF_CONFIRMATION, in.code);
    }
    return attempt(&closure_withdraw_verb, &w.actor, &in, NULL);
}

static enum refusal give_renew(uint32_t bits) {
    struct closure_renew_secret in = {.closure = w.closure};
    (void)bits;
    return attempt(&closure_renew_secret_verb, &w.actor, &in, NULL);
}

static enum refusal give_document(uint32_t bits) {
    enum refusal no = verb_allowed(&closure_document_verb, &w.actor);
    (void)bits;
    return no ? no : case_document(&kit, &w.actor, w.closure);
}

/* --- codes to mailboxes --- */

static void status_asked(void) {
    submitted();
    struct closure closure = closure_now();
    struct status_ask ask = {.language = "en", .email = EMAIL}, young = ask;
    memcpy(ask.reference, closure.reference, sizeof closure.reference);
    memcpy(young.reference, closure.reference, sizeof closure.reference);
    must(&status_ask_verb, &kit.anyone, &ask, &w.asked);
    sql("UPDATE contact SET since = since + %lld", (long long)(290 * DAY));
    must(&status_ask_verb, &kit.anyone, &young, &w.asked_young);
    sql("UPDATE contact SET since = since - %lld", (long long)(290 * DAY));
}

static enum refusal give_status(uint32_t bits) {
    const struct job *asked = bits & PROOF_SECOND_CHANNEL ? &w.asked : &w.asked_young;
    struct status_open in = {.challenge = asked->result};
    challenge_code(asked, bits & PROOF_CONFIRMATION, in.holder, in.code);
    return attempt(&status_open_verb, &w.actor, &in, NULL);
}

static void password_asked(void) {
    struct password_ask in = {.language = "en", .email = EMAIL};
    must(&password_ask_verb, &kit.anyone, &in, &w.asked);
}

static enum refusal give_password(uint32_t bits) {
    struct password_prove in = {.challenge = w.asked.result};
    challenge_code(&w.asked, bits & PROOF_CONFIRMATION, in.holder, in.code);
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    return attempt(&password_prove_verb, &w.actor, &in, NULL);
}

/* --- contacts --- */

static enum refusal begin(const struct verb *verb, void *input) {
    struct job job;
    enum refusal no = attempt(verb, &w.actor, input, &job);
    if (!no)
        w.asked = job;
    return no;
}

static enum refusal give_ask(uint32_t bits) {
    struct contact_ask in = {.line = kit.line, .language = "en", .email = "new@example.com"};
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    return begin(&contact_ask_verb, &in);
}

static enum refusal give_ask_removal(uint32_t bits) {
    struct contact_ask_removal in = {
        .line = kit.line, .contact = kit.contact, .via = kit.contact, .language = "en"};
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    return begin(&contact_ask_removal_verb, &in);
}

static void contact_asked(void) {
    assert_int_equal(give_ask(PROOF_IDENTITY), ACCEPTED);
}

static void removal_asked(void) {
    assert_int_equal(give_ask_removal(PROOF_IDENTITY), ACCEPTED);
}

/* The ID number belongs to the asking: without it there is no such challenge. */
static enum refusal give_code(const struct verb *verb, uint32_t bits) {
    struct contact_code in = {.challenge = w.asked.result};
    challenge_code(&w.asked, bits & PROOF_CONFIRMATION, in.holder, in.code);
    if (!(bits & PROOF_IDENTITY))
        sql("UPDATE challenge SET proved_at = 0");
    enum refusal no = attempt(verb, &w.actor, &in, NULL);
    sql("UPDATE challenge SET proved_at = issued_at");
    return no;
}

static enum refusal give_add(uint32_t bits) {
    return give_code(&contact_add_verb, bits);
}

static enum refusal give_remove(uint32_t bits) {
    return give_code(&contact_remove_verb, bits);
}

static bool contact_done(bool give) {
    const struct verb *verb =
        w.asked.verb == &contact_ask_verb ? &contact_add_verb : &contact_remove_verb;
    if (give)
        assert_int_equal(give_code(verb, w.way.bits), ACCEPTED);
    return line_now().contact_changed_at == kit_now;
}

/* --- suspensions --- */

static enum refusal give_suspend(uint32_t bits) {
    struct line_suspend in = {.line = kit.line, .language = "en"};
    (void)bits;
    return attempt(&line_suspend_verb, &w.actor, &in, NULL);
}

static void suspended(void) {
    struct line_suspend in = {.line = kit.line, .language = "en"};
    must(&line_suspend_verb, &kit.person, &in, NULL);
}

static enum refusal give_reactivate(uint32_t bits) {
    struct line_reactivate in = {.line = kit.line};
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    return attempt(&line_reactivate_verb, &w.actor, &in, NULL);
}

/* --- credit --- */

static enum refusal give_transfer(uint32_t bits) {
    struct credit_transfer in = {.line = kit.line, .amount_minor = 1000, .language = "en"};
    (void)bits;
    snprintf(in.number, sizeof in.number, "%s", case_row(11).number);
    memcpy(in.number_again, in.number, sizeof in.number_again);
    return attempt(&credit_transfer_verb, &w.actor, &in, NULL);
}

/* --- refunds --- */

/* The line is closed, and a refund of its credit was asked for. */
static void refund_asked(void) {
    int64_t id = 20000 + 10 * w.serial;
    struct closure closure = {.id = id,
                              .operator= CASE_OPERATOR,
                              .line = kit.line,
                              .policy = kit_number(&kit.kit, "SELECT min(id) FROM policy")};
    struct payee payee = {.id = id + 1,
                          .operator= CASE_OPERATOR,
                          .line = kit.line,
                          .closure = id,
                          .way = WAY_CASH,
                          .made_at = 1};
    struct refund refund = {.id = id + 2,
                            .operator= CASE_OPERATOR,
                            .line = kit.line,
                            .closure = id,
                            .payee = payee.id,
                            .state = REFUND_REQUESTED,
                            .amount_minor = 100,
                            .due_at = kit_now + DAY,
                            .asked_kind = ACTOR_SYSTEM,
                            .policy = closure.policy};
    snprintf(closure.reference, sizeof closure.reference, "RO-%d", w.serial);
    snprintf(refund.reference, sizeof refund.reference, "RF-%d", w.serial);
    const struct change rows[] = {{.statement = CLOSURE_ADD, .row = &closure},
                                  {.statement = PAYEE_ADD, .row = &payee},
                                  {.statement = REFUND_ADD, .row = &refund}};
    kit_put_all(&kit.kit, rows, sizeof rows / sizeof *rows);
    sql("UPDATE line SET state = %d, closure = %lld WHERE id = %lld", LINE_CLOSED, (long long)id,
        (long long)kit.line);
    w.refund = refund.id;
}

static enum refusal give_correct(uint32_t bits) {
    struct refund_correct in = {.refund = w.refund, .to.way = "hkid_proxy"};
    struct refund refund;
    case_read(&kit, REFUND_BY_ID, w.refund, &refund);
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    if (w.way.bits & PROOF_STATUS_SECRET)
        refund_secret(&kit.kit.secrets, &refund, in.secret);
    if (w.way.bits & ~bits & PROOF_STATUS_SECRET)
        memcpy(in.secret, "2222-2222-2222-2222", 20);
    return attempt(&refund_correct_verb, &w.actor, &in, NULL);
}

static enum refusal give_choose(uint32_t bits) {
    struct credit_choose in = {.closure = w.closure, .choice = "leave", .leave_minor = 8640};
    (void)bits;
    return attempt(&credit_choose_verb, &w.actor, &in, NULL);
}

static void closed(void) {
    struct network_cut in = {.line = kit.line, .evidence = "gone"};
    submitted();
    sql("UPDATE closure SET identity_at = submitted_at");
    assert_int_equal(case_confirm(&kit, w.closure), ACCEPTED);
    kit_now = closure_now().undo_until;
    assert_int_equal(case_advance(&kit, w.closure), ACCEPTED);
    in.closure = w.closure;
    in.effect = case_effect(&kit, w.closure, EFFECT_NETWORK_CUT);
    must(&network_cut_verb, &kit.system, &in, NULL);
}

static enum refusal give_claim(uint32_t bits) {
    struct closure closure = closure_now();
    struct credit_claim in = {.closure = w.closure, .choice = "refund", .to = {.way = "cash"}};
    if (w.way.bits & PROOF_STATUS_SECRET) {
        closure_status_secret(&kit.kit.secrets, &closure, in.secret);
        if (!(bits & PROOF_STATUS_SECRET))
            memcpy(in.secret, "2222-2222-2222-2222", 20);
    }
    identity(bits & PROOF_IDENTITY, in.document_type, in.document);
    return attempt(&credit_claim_verb, &w.actor, &in, NULL);
}

static const struct tried table[] = {
    {.verb = &closure_submit_verb, .give = give_submit, .done = submit_done},
    {.verb = &closure_resend_verb, .ready = submitted, .give = give_resend},
    {.verb = &closure_confirm_verb, .ready = submitted, .give = give_confirm},
    {.verb = &closure_withdraw_verb, .ready = submitted, .give = give_withdraw},
    {.verb = &closure_renew_secret_verb, .ready = submitted, .give = give_renew},
    {.verb = &closure_document_verb, .ready = asked_for_document, .give = give_document},
    {.verb = &status_open_verb,
     .ready = status_asked,
     .give = give_status,
     .second = REFUSED_CODE_WRONG},
    {.verb = &password_prove_verb, .ready = password_asked, .give = give_password},
    {.verb = &contact_ask_verb,
     .give = give_ask,
     .done = contact_done,
     .never = PROOF_SECOND_CHANNEL},
    {.verb = &contact_add_verb,
     .ready = contact_asked,
     .give = give_add,
     .identity = REFUSED_PROOF,
     .never = PROOF_SECOND_CHANNEL},
    {.verb = &contact_ask_removal_verb, .give = give_ask_removal, .done = contact_done},
    {.verb = &contact_remove_verb,
     .ready = removal_asked,
     .give = give_remove,
     .identity = REFUSED_PROOF},
    {.verb = &line_suspend_verb, .give = give_suspend},
    {.verb = &line_reactivate_verb, .ready = suspended, .give = give_reactivate},
    {.verb = &credit_transfer_verb, .give = give_transfer},
    {.verb = &refund_correct_verb,
     .ready = refund_asked,
     .give = give_correct,
     .secret = REFUSED_NOT_FOUND},
    {.verb = &credit_choose_verb, .ready = submitted, .give = give_choose},
    {.verb = &credit_claim_verb, .ready = closed, .give = give_claim, .secret = REFUSED_NOT_FOUND},
};

const struct tried *tried_of(const struct verb *verb) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].verb == verb)
            return &table[i];
    fail_msg("%s asks for a proof and has no row in proof_kit.c", verb->name);
    return NULL;
}
