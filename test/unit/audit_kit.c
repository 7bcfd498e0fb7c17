#include "audit_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rules_kit.h"

struct audit kit_audit;
int64_t kit_entry;
static int64_t n;
static bool open; /* the accounts may still be told */

void kit_account(int64_t operator, int64_t id, int64_t line, int64_t kind, int64_t balance) {
    struct ledger_account row = {
        .id = id, .operator= operator, .line = line, .kind = kind, .balance = balance};
    memcpy(row.currency, operator== ONE ? "HKD" : "MOP", sizeof row.currency);
    assert_true(audit_account(&kit_audit, &row));
}

void kit_empty(bool several) {
    audit_close(&kit_audit);
    audit_open(&kit_audit, several, MEMORY);
    kit_entry = FIRST;
    n = 0;
    open = true;
}

void kit_begin(bool several) {
    kit_empty(several);
    for (int64_t operator= ONE; operator<= TWO; operator+= TWO - ONE)
        for (int64_t kind = LEDGER_TOP_UPS; kind < LEDGER_KIND_COUNT; kind++)
            kit_account(operator, operator+ SHARED + kind, 0, kind, 0);
}

void kit_lines(int64_t paid, int64_t promotional, int64_t target) {
    kit_account(ONE, PAID, LINE, LEDGER_PAID, paid);
    kit_account(ONE, PROMOTIONAL, LINE, LEDGER_PROMOTIONAL, promotional);
    kit_account(ONE, TARGET, OTHER, LEDGER_PAID, target);
}

bool kit_told(int64_t operator, int64_t account_id, int64_t movement, int64_t amount, int64_t at) {
    if (open)
        assert_true(audit_ready(&kit_audit));
    open = false;
    n++;
    return audit_posting(&kit_audit, &(struct posting){.id = kit_entry + n,
                                                       .operator= operator,
                                                       .account = account_id,
                                                       .amount = amount,
                                                       .at = at,
                                                       .entry = kit_entry,
                                                       .movement = movement});
}

int64_t kit_shared(int64_t kind) {
    return ONE + SHARED + kind;
}

void kit_next(int64_t step) {
    kit_entry += step;
    n = 0;
}

bool kit_move(int64_t from, int64_t to, int64_t movement, int64_t amount) {
    kit_next(STEP);
    return kit_told(ONE, from, movement, -amount, KIT_NOW) &&
           kit_told(ONE, to, movement, amount, KIT_NOW);
}

enum audit_wrong kit_end(void) {
    if (open)
        assert_true(audit_ready(&kit_audit));
    open = false;
    audit_entries_end(&kit_audit);
    audit_accounts(&kit_audit);
    return kit_audit.first.wrong;
}

void kit_is(enum audit_wrong wrong, int64_t at, int64_t account_id) {
    assert_int_equal(kit_audit.first.wrong, wrong);
    assert_int_equal(kit_audit.first.entry, at);
    assert_int_equal(kit_audit.first.account, account_id);
}

void kit_figures(int64_t expected, int64_t found) {
    assert_int_equal(kit_audit.first.expected, expected);
    assert_int_equal(kit_audit.first.found, found);
}
