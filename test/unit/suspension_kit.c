#include "suspension_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

struct case_kit kit;
struct actor desk, integrator;

/* The demo operator takes nothing for it; here it costs something. */
static void fee_set(int64_t minor) {
    char sql[240];
    snprintf(sql, sizeof sql,
             "UPDATE policy SET text = replace(text, '\"fee_minor\": 0,\n    \"validity_runs\"', "
             "'\"fee_minor\": %lld,\n    \"validity_runs\"')",
             (long long)minor);
    kit_sql(&kit.kit, sql);
    kit_restart(&kit.kit);
}

int suspension_setup(void **state) {
    (void)state;
    case_open(&kit);
    fee_set(FEE);
    desk = kit.staff;
    snprintf(desk.scopes, sizeof desk.scopes, "lines:write network:write");
    integrator = kit.api;
    snprintf(integrator.scopes, sizeof integrator.scopes, "lines:write");
    return 0;
}

int suspension_teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

void sql(const char *text) {
    kit_sql(&kit.kit, text);
}

enum refusal suspend_as(const struct actor *actor, int64_t line, int64_t fee) {
    struct line_suspend in = {.line = line, .fee_minor = fee, .language = "en"};
    enum refusal no;
    case_run(&kit, &line_suspend_verb, actor, &in, &no);
    return no;
}

enum refusal suspend(void) {
    return suspend_as(&kit.person, kit.line, FEE);
}

enum refusal reactivate_as(const struct actor *actor, int64_t line, const char *document) {
    struct line_reactivate in = {.line = line, .document_type = "hkid"};
    struct line_import row = case_row(10);
    enum refusal no;
    snprintf(in.document, sizeof in.document, "%s", document ? document : row.document);
    case_run(&kit, &line_reactivate_verb, actor, &in, &no);
    return no;
}

enum refusal reactivate(void) {
    return reactivate_as(&kit.person, kit.line, NULL);
}

void read_open(struct suspension *s) {
    case_read(&kit, SUSPENSION_BY_ID, one("SELECT max(id) FROM suspension"), s);
}

enum refusal report(enum effect_kind kind, enum switch_outcome outcome, const char *text) {
    struct suspension s;
    read_open(&s);
    struct network_switch in = {.suspension = s.id,
                                .line = kit.line,
                                .effect = case_effect(&kit, s.id, kind),
                                .outcome = outcome};
    enum refusal no;
    snprintf(in.text, sizeof in.text, "%s", text);
    if (!in.effect)
        in.effect = 1;
    case_run(&kit, &network_switch_verb, &kit.system, &in, &no);
    return no;
}

enum refusal advance(void) {
    struct suspension s;
    enum refusal no;
    read_open(&s);
    struct suspension_advance in = {s.id, kit.line};
    case_run(&kit, &suspension_advance_verb, &kit.system, &in, &no);
    return no;
}

enum refusal done(int64_t work, const char *evidence) {
    struct network_done in = {.work = work};
    enum refusal no;
    snprintf(in.evidence, sizeof in.evidence, "%s", evidence);
    case_run(&kit, &network_done_verb, &desk, &in, &no);
    return no;
}

int64_t balance(enum ledger_kind kind) {
    char text[160];
    snprintf(text, sizeof text,
             "SELECT coalesce(sum(amount), 0) FROM posting WHERE account IN (SELECT id FROM "
             "ledger_account WHERE kind = %d AND line IN (0, %lld))",
             (int)kind, (long long)kit.line);
    return one(text);
}

int64_t line_state(void) {
    struct line line;
    case_read(&kit, LINE_BY_ID, kit.line, &line);
    return line.state;
}

int64_t of_kind(const char *text, int kind) {
    char whole[160];
    snprintf(whole, sizeof whole, "%s %d", text, kind);
    return one(whole);
}

int64_t effects(enum effect_kind kind) {
    return of_kind("SELECT count(*) FROM effect WHERE kind =", (int)kind);
}

int64_t mails(enum effect_kind kind) {
    return of_kind("SELECT count(*) FROM effect WHERE door = 'mail' AND kind =", (int)kind);
}

void money_is_whole(void) {
    assert_int_equal(one("SELECT coalesce(sum(amount), 0) FROM posting"), 0);
    assert_int_equal(one("SELECT count(*) FROM ledger_account a WHERE line <> 0 AND balance <> "
                         "(SELECT coalesce(sum(amount), 0) FROM posting WHERE account = a.id)"),
                     0);
}

void suspended(void) {
    assert_int_equal(suspend(), ACCEPTED);
    assert_int_equal(report(EFFECT_NETWORK_BAR, SWITCHED, "CS and PS barred, read back"), ACCEPTED);
}
