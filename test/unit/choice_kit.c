#include "choice_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

struct case_kit kit;
int64_t closure;

int choice_setup(void **state) {
    (void)state;
    case_open(&kit);
    closure = case_submit(&kit, 0, NULL);
    return closure ? 0 : -1;
}

int choice_teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

int64_t one(const char *format, ...) {
    char sql[500];
    va_list list;
    va_start(list, format);
    vsnprintf(sql, sizeof sql, format, list);
    va_end(list);
    return kit_number(&kit.kit, sql);
}

void put(const char *format, ...) {
    char sql[500];
    va_list list;
    va_start(list, format);
    vsnprintf(sql, sizeof sql, format, list);
    va_end(list);
    kit_sql(&kit.kit, sql);
    kit_restart(&kit.kit);
}

int64_t balance(enum ledger_kind kind, int64_t line) {
    return one("SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE line = %lld AND kind = "
               "%d",
               (long long)line, (int)kind);
}

int64_t shared(enum ledger_kind kind) {
    return one("SELECT coalesce(sum(amount), 0) FROM posting WHERE account = %lld",
               (long long)ledger_shared_id(CASE_OPERATOR, kind));
}

void books_are_right(void) {
    assert_int_equal(one("SELECT count(*) FROM (SELECT entry FROM posting GROUP BY entry HAVING "
                         "sum(amount) <> 0) AS x"),
                     0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND (balance < 0 "
                         "OR balance <> (SELECT coalesce(sum(amount), 0) FROM posting WHERE "
                         "account = a.id))"),
                     0);
    assert_int_equal(shared(LEDGER_TRANSFERS), 0);
    assert_int_equal(
        shared(LEDGER_PAYABLE),
        one("SELECT coalesce(sum(amount_minor), 0) FROM refund WHERE state IN (1, 5)"));
    assert_int_equal(one("SELECT count(*) FROM line WHERE online_minor < 0 OR online_minor > "
                         "(SELECT coalesce(sum(balance), 0) FROM ledger_account WHERE kind IN "
                         "(2, 4) AND line = line.id)"),
                     0);
}

struct credit_choose choosing(const char *choice) {
    struct credit_choose in = {.closure = closure};
    snprintf(in.choice, sizeof in.choice, "%s", choice);
    if (strcmp(choice, "refund") == 0)
        in.to = (struct payee_input){.way = "bank",
                                     .name = "CHAN TAI MAN",
                                     .bank = "012",
                                     .branch = "345",
                                     .number = "678901234"};
    if (strcmp(choice, "leave") == 0)
        in.leave_minor = CHOICE_PAID;
    return in;
}

enum refusal choose(struct credit_choose in) {
    enum refusal no;
    case_run(&kit, &credit_choose_verb, &kit.person, &in, &no);
    return no;
}

struct credit_claim claiming(const char *choice) {
    struct credit_choose like = choosing(choice);
    struct line_import person = case_row(10);
    struct closure row;
    struct credit_claim in = {.closure = closure, .to = like.to, .document_type = "hkid"};
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    memcpy(in.choice, like.choice, sizeof in.choice);
    memcpy(in.document, person.document, sizeof in.document);
    closure_status_secret(&kit.kit.secrets, &row, in.secret);
    return in;
}

enum refusal claim(const struct actor *actor, struct credit_claim in) {
    enum refusal no;
    case_run(&kit, &credit_claim_verb, actor, &in, &no);
    return no;
}

void close_line(void) {
    struct closure row;
    struct network_cut in = {.closure = closure, .line = kit.line, .evidence = "gone"};
    enum refusal no;
    assert_int_equal(case_confirm(&kit, closure), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, closure, &row);
    kit_now = row.undo_until;
    assert_int_equal(case_advance(&kit, closure), ACCEPTED);
    in.effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT);
    case_run(&kit, &network_cut_verb, &kit.system, &in, &no);
    assert_int_equal(no, ACCEPTED);
    books_are_right();
}

struct settlement settled(void) {
    struct settlement row;
    case_read(&kit, SETTLEMENT_BY_ID, closure, &row);
    return row;
}

struct refund refund_now(void) {
    struct refund rows[REFUNDS_A_CLOSURE];
    struct key key = {.id = closure, .operator= CASE_OPERATOR };
    struct want want = {
        .statement = REFUNDS_OF_CLOSURE, .in = &key, .rows = rows, .room = REFUNDS_A_CLOSURE};
    memset(rows, 0, sizeof rows);
    assert_int_equal(kit.kit.engine->read(kit.kit.reader, &want, 1), STORE_OK);
    return rows[0];
}

int64_t top_up(int64_t id, int64_t amount_minor, int64_t refunded_minor) {
    struct charge charge = {.id = id,
                            .operator= CASE_OPERATOR,
                            .line = kit.line,
                            .kind = CHARGE_TOP_UP,
                            .account = LEDGER_PAID,
                            .amount_minor = amount_minor,
                            .refunded_minor = refunded_minor,
                            .at = 1,
                            .booked_at = 1,
                            .channel = CHANNEL_ONLINE,
                            .payment = "p1"};
    snprintf(charge.transaction_id, sizeof charge.transaction_id, "t%lld", (long long)id);
    kit_put(&kit.kit, CHARGE_ADD, &charge);
    return id;
}
