#include "refund_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "commands/refund_open.h"
#include "rules/refund.h"

enum { BEN = 504 };

struct case_kit kit;
struct actor ada, ben, integrator;

int64_t one(const char *text) {
    return kit_number(&kit.kit, text);
}

void sql(const char *format, ...) {
    char text[600];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    kit_sql(&kit.kit, text);
}

void policy_say(const char *from, const char *to) {
    sql("UPDATE policy SET text = replace(text, '%s', '%s')", from, to);
    kit_restart(&kit.kit);
}

/* --- asking, as credit that was unclaimed is claimed --- */

struct asking {
    int64_t line, closure, amount, fee;
    struct payee_input to;
};
struct asking_rows {
    struct line line;
    struct closure closure;
    struct registered registered;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct payee_rows payee;
};

static void asking_load(struct load *load, const void *given, void *rows) {
    const struct asking *in = given;
    struct asking_rows *r = rows;
    want_line(load, in->line, &r->line);
    want_closure(load, in->closure, &r->closure);
    want_registered_of(load, in->line, &r->registered);
    want_ledgers(load, in->line, r->ledgers);
    want_payee_rows(load, &in->to, &r->payee);
}

static enum refusal asking_decide(struct outcome *out, const void *given, const void *rows) {
    const struct asking *in = given;
    struct asking_rows r = *(const struct asking_rows *)rows;
    struct payee payee;
    struct refund refund;
    struct ledger_account payable = outcome_shared(out, LEDGER_PAYABLE);
    struct ledger_account fees = outcome_shared(out, LEDGER_FEES);
    struct ledger_account *unclaimed = ledger_find(r.ledgers, LEDGER_UNCLAIMED);
    enum refusal no =
        payee_take(out, &in->to, &r.payee, &r.line, &r.registered, NULL, &payee, NULL);
    if (no)
        return no;
    payee_keep(out, &r.payee, NULL, r.closure.id, &payee);
    struct refund_asked asked = {.closure = &r.closure,
                                 .line = &r.line,
                                 .payee = payee.id,
                                 .amount_minor = in->amount,
                                 .fee_minor = in->fee,
                                 .online_minor = r.line.online_minor,
                                 .claimed = true,
                                 .contact = "refund@example.com",
                                 .language = "en"};
    refund_open(out, &asked, &refund);
    if (!outcome_move(out, unclaimed, &payable, MOVED_REFUND, in->amount) ||
        (in->fee && !outcome_move(out, unclaimed, &fees, MOVED_REFUND_FEE, in->fee)))
        return REFUSED_CREDIT_SHORT;
    if (payee.way == WAY_ORIGINAL) {
        r.payee.charge.refunded_minor += in->amount + in->fee;
        put_charge(out, &r.payee.charge);
    }
    r.line.online_minor = 0;
    put_line(out, &r.line);
    out->subject = r.line.id;
    out->result = refund.id;
    return ACCEPTED;
}

int64_t refund_ask(const struct actor *actor, const struct payee_input *to, int64_t amount,
                   int64_t fee, enum refusal *refusal) {
    static const struct field input[] = {FIELD(FIELD_INT, asking, line),
                                         FIELD(FIELD_INT, asking, amount), FIELD_END};
    static const struct verb verb = {.name = "test.ask",
                                     .input = input,
                                     .input_size = sizeof(struct asking),
                                     .rows_size = sizeof(struct asking_rows),
                                     .load = asking_load,
                                     .decide = asking_decide};
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    struct asking in = {line.id, line.closure, amount, fee, *to};
    return case_run(&kit, &verb, actor, &in, refusal);
}

struct payee_input payee_of(const char *way) {
    struct payee_input to = {.name = "Chan Tai Man"};
    snprintf(to.way, sizeof to.way, "%s", way);
    if (strcmp(way, "bank") == 0)
        snprintf(to.number, sizeof to.number, "012-345-678901");
    if (strcmp(way, "fps_id") == 0)
        snprintf(to.number, sizeof to.number, "1234567");
    if (strcmp(way, "abroad") == 0) {
        snprintf(to.number, sizeof to.number, "DE89 3704 0044 0532 0130 00");
        snprintf(to.bic, sizeof to.bic, "COBADEFF");
        snprintf(to.country, sizeof to.country, "DE");
    }
    return to;
}

int64_t refund_asked(int64_t amount) {
    struct payee_input to = payee_of("bank");
    enum refusal no;
    int64_t id = refund_ask(&kit.person, &to, amount, 0, &no);
    assert_int_equal(no, ACCEPTED);
    return id;
}

/* --- what is done with it --- */

struct refund refund_now(int64_t id) {
    struct refund refund;
    case_read(&kit, REFUND_BY_ID, id, &refund);
    return refund;
}

static enum refusal give(const struct verb *verb, const struct actor *actor, void *input) {
    enum refusal no = verb_allowed(verb, actor); /* as every door does first */
    if (!no)
        case_run(&kit, verb, actor, input, &no);
    return no;
}

enum refusal approve(const struct actor *actor, int64_t id) {
    struct refund_approve in = {.refund = id, .payee = refund_now(id).payee};
    return give(&refund_approve_verb, actor, &in);
}

enum refusal pay(const struct actor *actor, int64_t id) {
    struct refund_pay in = {.refund = id, .evidence = "payout of the day, item 3"};
    return give(&refund_pay_verb, actor, &in);
}

enum refusal take_back(const struct actor *actor, int64_t id, const char *reason) {
    struct refund_return in = {.refund = id};
    snprintf(in.reason, sizeof in.reason, "%s", reason);
    return give(&refund_return_verb, actor, &in);
}

enum refusal reject(const struct actor *actor, int64_t id, const char *reason) {
    struct refund_reject in = {.refund = id};
    snprintf(in.reason, sizeof in.reason, "%s", reason);
    return give(&refund_reject_verb, actor, &in);
}

struct refund_correct correction(int64_t id, const struct payee_input *to, bool secret) {
    struct refund_correct in = {.refund = id, .document_type = "hkid", .to = *to};
    struct line_import row = case_row(10);
    struct refund refund = refund_now(id);
    memcpy(in.document, row.document, sizeof in.document);
    if (secret)
        refund_secret(&kit.kit.secrets, &refund, in.secret);
    return in;
}

enum refusal correct(const struct actor *actor, struct refund_correct *in) {
    struct refund_correct copy = *in;
    return give(&refund_correct_verb, actor, &copy);
}

enum refusal refund_timer(int64_t id) {
    struct refund_advance in = {.refund = id, .line = kit.line};
    enum refusal no;
    case_run(&kit, &refund_advance_verb, &kit.system, &in, &no);
    return no;
}

/* --- what came of it --- */

int64_t balance(enum ledger_kind kind) {
    char text[240];
    int64_t shared = kind < LEDGER_TOP_UPS ? 0 : ledger_shared_id(CASE_OPERATOR, kind);
    snprintf(text, sizeof text,
             "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld OR account IN "
             "(SELECT id FROM ledger_account WHERE kind = %d AND line = %lld)",
             (long long)shared, (int)kind, (long long)kit.line);
    return one(text);
}

int64_t effects(enum effect_kind kind) {
    char text[100];
    snprintf(text, sizeof text, "SELECT count(*) FROM effect WHERE kind = %d", (int)kind);
    return one(text);
}

int64_t works_open(void) {
    return one("SELECT count(*) FROM work WHERE refund <> 0 AND done_at = 0");
}

void money_is_whole(void) {
    assert_int_equal(one("SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                         "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
                     0);
    assert_int_equal(
        balance(LEDGER_PAYABLE),
        one("SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE state IN (1, 5)"));
    assert_int_equal(
        balance(LEDGER_IN_FLIGHT),
        one("SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE state IN (2, 3, 4)"));
    assert_int_equal(balance(LEDGER_BANK),
                     one("SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE state = 6"));
    assert_int_equal(balance(LEDGER_FEES),
                     one("SELECT coalesce(sum(fee_minor), 0) FROM refund WHERE state <> 7"));
    assert_int_equal(balance(LEDGER_UNCLAIMED) + balance(LEDGER_PAYABLE) +
                         balance(LEDGER_IN_FLIGHT) + balance(LEDGER_BANK) + balance(LEDGER_FEES),
                     CREDIT);
}

/* --- the world --- */

void refund_close_line(void) {
    int64_t closure = case_executing(&kit);
    struct network_cut in = {.closure = closure,
                             .line = kit.line,
                             .effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT),
                             .evidence = "no subscriber with this IMSI"};
    enum refusal no;
    case_run(&kit, &network_cut_verb, &kit.system, &in, &no);
    assert_int_equal(no, ACCEPTED);
    assert_int_equal(balance(LEDGER_UNCLAIMED), CREDIT);
}

void refund_open_world(void) {
    struct staff other = {.id = BEN,
                          .operator= CASE_OPERATOR,
                          .added_at = 1,
                          .name = "Ben",
                          .system_user = "ben",
                          .roles = "refunds:write"};
    case_open(&kit);
    kit_put(&kit.kit, STAFF_ADD, &other);
    ada = ben = kit.staff;
    ben.id = BEN;
    snprintf(ada.scopes, sizeof ada.scopes, "refunds:write closures:write");
    snprintf(ben.scopes, sizeof ben.scopes, "refunds:write");
    integrator = kit.api;
    snprintf(integrator.scopes, sizeof integrator.scopes, "closures:write");
}

int refund_setup(void **state) {
    (void)state;
    refund_open_world();
    refund_close_line();
    sql("UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    return 0;
}

int refund_teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}
