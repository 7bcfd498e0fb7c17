/* Every cell of doc/proof.md, tried: each verb that proves something, at each door that offers it,
 * in each situation, once with exactly one of the demanded proofs missing and once with all. What
 * is missing is taken out of the world (the session closed, the link gone, the password too long
 * ago, the contact too young, the key another operator's) or is wrong in what is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "commands/policy.h"
#include "proof_kit.h"

static struct policy policy; /* in force */
static size_t tried_cells;

/* --- the world, and what is taken out of it --- */

static bool by_key(void) {
    return w.actor.kind == ACTOR_API || w.actor.kind == ACTOR_STAFF;
}

static void link_is(bool there) {
    sql("UPDATE account_line SET account = %d", CASE_ACCOUNT + !there);
}

static void take_of_key(uint32_t bit) {
    if (bit == PROOF_SESSION)
        snprintf(w.actor.scopes, sizeof w.actor.scopes, "effects:read");
    if (bit == PROOF_LINKED)
        w.actor.operator= w.elsewhere;
}

static void take_of_person(uint32_t bit) {
    if (bit == PROOF_SESSION)
        sql("UPDATE session SET closed_at = %lld", (long long)kit_now);
    if (bit == PROOF_LINKED || bit == PROOF_CLAIMED)
        link_is(false);
    if (bit == PROOF_STEP_UP)
        sql("UPDATE session SET stepped_up_at = %lld",
            (long long)(kit_now - policy.step_up_minutes * MINUTE));
}

static void take(uint32_t bit) {
    if (by_key())
        take_of_key(bit);
    else
        take_of_person(bit);
    if (bit == PROOF_SECOND_CHANNEL)
        sql("UPDATE contact SET since = %lld",
            (long long)(kit_now - policy.contact_age_days * DAY + 1));
}

/* All that take() takes, given back; budgets are not what is tried here. */
static void whole(void) {
    w.actor = w.way.by == ACTOR_SUBSCRIBER ? kit.person
              : w.way.by == ACTOR_API      ? kit.api
              : w.way.by == ACTOR_STAFF    ? kit.staff
                                           : kit.anyone;
    sql("UPDATE session SET closed_at = 0, stepped_up_at = %lld, kind = %d, access_ends_at = %lld",
        (long long)kit_now, w.door == DOOR_APP ? SESSION_APP : SESSION_BROWSER,
        (long long)(w.door == DOOR_APP ? kit_now + HOUR : 0));
    sql("UPDATE contact SET since = %lld", (long long)(kit_now - 300 * DAY));
    /* Who proves otherwise than by his session has somebody else's. */
    link_is(w.way.by != ACTOR_SUBSCRIBER || (w.way.bits & PROOF_SESSION));
    sql("UPDATE account_line SET how = %d", w.way.bits & PROOF_CLAIMED ? LINK_CONTACT : LINK_SIM);
    sql("DELETE FROM budget");
}

/* A new line, so that nothing is left of what was tried before. */
static void subject(const struct tried *tried) {
    w.closure = w.refund = w.asked.result = w.asked_young.result = 0;
    w.person = case_row(10 * ++w.serial + 100);
    memcpy(w.person.email, EMAIL, sizeof EMAIL);
    struct job job;
    must(&line_import_verb, &kit.system, &w.person, &job);
    kit.line = job.result;
    char text[120];
    snprintf(text, sizeof text, "SELECT id FROM contact WHERE line = %lld", (long long)kit.line);
    kit.contact = kit_number(&kit.kit, text);
    sql("DELETE FROM account_line");
    sql("INSERT INTO account_line (id, operator, account, line, proved_at) VALUES (%d, %d, %d, "
        "%lld, 1)",
        10000 + w.serial, CASE_OPERATOR, CASE_ACCOUNT, (long long)kit.line);
    const struct proof_way way = w.way;
    w.way.bits |= PROOF_SESSION; /* what comes before is done by the line's owner */
    whole();
    if (tried->ready)
        tried->ready();
    w.way = way;
    if (w.situation == NEW_SIM)
        sql("UPDATE line SET sim_since = %lld", (long long)(kit_now - DAY));
    if (w.situation == NEW_CONTACT)
        sql("UPDATE line SET contact_changed_at = %lld", (long long)(kit_now - DAY));
}

/* All but counters and the journal. */
struct kept {
    int64_t rows;
    struct line line;
    struct contact contact;
    struct closure closure;
    struct challenge challenge;
    struct session session;
    struct account account;
    struct suspension suspension;
    struct refund refund;
};

static struct kept kept_now(void) {
    struct kept kept;
    memset(&kept, 0, sizeof kept);
    kept.rows = kit_number(
        &kit.kit, "SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM account_line) + "
                  "(SELECT count(*) FROM challenge) + (SELECT count(*) FROM closure) + "
                  "(SELECT count(*) FROM contact) + (SELECT count(*) FROM document) + "
                  "(SELECT count(*) FROM document_content) + (SELECT count(*) FROM effect) + "
                  "(SELECT count(*) FROM ledger_account) + (SELECT count(*) FROM posting) + "
                  "(SELECT count(*) FROM line) + (SELECT count(*) FROM number) + "
                  "(SELECT count(*) FROM sim) + (SELECT count(*) FROM session) + "
                  "(SELECT count(*) FROM payee) + (SELECT count(*) FROM refund) + "
                  "(SELECT count(*) FROM settlement) + "
                  "(SELECT count(*) FROM suspension) + (SELECT count(*) FROM work)");
    case_read(&kit, LINE_BY_ID, kit.line, &kept.line);
    case_read(&kit, CONTACT_BY_ID, kit.contact, &kept.contact);
    case_read(&kit, CLOSURE_BY_ID, w.closure, &kept.closure);
    case_read(&kit, REFUND_BY_ID, w.refund, &kept.refund);
    case_read(&kit, CHALLENGE_BY_ID, w.asked.result, &kept.challenge);
    case_read(&kit, SESSION_BY_ID, CASE_SESSION, &kept.session);
    case_read(&kit, ACCOUNT_BY_ID, CASE_ACCOUNT, &kept.account);
    struct key key = {.id = kit.line, .operator= CASE_OPERATOR };
    struct want want = {
        .statement = SUSPENSION_OF_LINE, .in = &key, .rows = &kept.suspension, .room = 1};
    assert_int_equal(kit.kit.engine->read(kit.kit.reader, &want, 1), STORE_OK);
    kept.closure.confirm_attempts = kept.challenge.attempts = 0;
    return kept;
}

/* What the verb promises when this is missing. */
static enum refusal promised(const struct tried *tried, uint32_t missing) {
    const uint32_t looked_at = (PROOF_IDENTITY | PROOF_CONFIRMATION) & w.way.bits;
    uint32_t given = w.way.bits & ~missing & ~tried->never;
    if (missing == PROOF_SESSION && by_key())
        return REFUSED_NOT_ALLOWED;
    if (missing == PROOF_SECOND_CHANNEL && tried->second)
        return tried->second;
    if (missing == PROOF_STATUS_SECRET && tried->secret)
        return tried->secret;
    enum refusal no = proof_check(w.required, given | looked_at);
    if (no)
        return no;
    if (missing == PROOF_IDENTITY)
        return tried->identity ? tried->identity : REFUSED_IDENTITY;
    return REFUSED_CODE_WRONG;
}

static void missing_one(const struct tried *tried, uint32_t bit) {
    struct kept before, after;
    whole();
    take(bit);
    enum refusal expected = promised(tried, bit);
    before = kept_now();
    enum refusal no = tried->give(w.way.bits & ~bit);
    after = kept_now();
    if (no != expected)
        fail_msg("%s, %s, %s, without %x of %x: %s, not %s", tried->verb->name,
                 proofs_door_name(w.door), proofs_situation_name(w.situation), bit, w.way.bits,
                 no ? refusal_about(no)->code : "accepted", refusal_about(expected)->code);
    if (memcmp(&before, &after, sizeof before) != 0)
        fail_msg("%s, %s, %s, without %x: refused, and yet something is different",
                 tried->verb->name, proofs_door_name(w.door), proofs_situation_name(w.situation),
                 bit);
    tried_cells++;
}

/* With all: accepted, or refused for good where one of them cannot be had. What comes later is
 * missed then: nothing comes of it until that is given. */
static void with_all(const struct tried *tried, uint32_t later) {
    bool never = w.way.bits & tried->never;
    whole();
    enum refusal no = tried->give(w.way.bits & ~later);
    if (no != (never ? REFUSED_PROOF : ACCEPTED))
        fail_msg("%s, %s, %s, with all of %x: %s", tried->verb->name, proofs_door_name(w.door),
                 proofs_situation_name(w.situation), w.way.bits,
                 no ? refusal_about(no)->code : "accepted");
    if (!later)
        return;
    assert_non_null(tried->done);
    assert_false(tried->done(false));
    assert_true(tried->done(true));
    tried_cells++;
}

static void try_way(const struct tried *tried) {
    subject(tried);
    struct line line = line_now();
    struct proof demanded = proof_required(&line, tried->verb->prove, &policy, kit_now);
    assert_memory_equal(&demanded, &w.required, sizeof demanded);
    uint32_t cells = proofs_cells(&w.way);
    bool never = w.way.bits & tried->never;
    uint32_t later = never ? 0 : cells & tried->verb->prove_later;
    for (uint32_t bit = 1; bit <= cells; bit <<= 1)
        if (cells & ~later & bit)
            missing_one(tried, bit);
    assert_true((later & (later - 1)) == 0); /* one by one */
    with_all(tried, later);
}

static void try_all(enum proof_situation situation) {
    const struct verb *verb;
    struct proof_way ways[PROOF_WAYS];
    w.situation = situation;
    for (size_t i = 0; (verb = verb_at(i)); i++)
        for (int door = 0; verb->prove && door < DOOR_COUNT; door++) {
            const struct tried *tried = tried_of(verb);
            w.door = (enum proof_door)door;
            w.required = proofs_required(situation, verb->prove);
            size_t count = proofs_ways(verb, w.door, w.required, ways);
            for (size_t k = 0; k < count; k++) {
                w.way = ways[k];
                try_way(tried);
            }
        }
}

/* --- */

static char *file_text(const char *name) {
    static char text[64 * 1024];
    char path[512];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* A person with an account, and a second operator, whose key is another's. */
static void world_open(bool by_document) {
    static struct policy_load second = {.operator_code = "kite"};
    static struct policy_faults faults;
    struct actor root = {ACTOR_SYSTEM, 0, 0, 0, "", "", 0};
    struct account account = {.id = CASE_ACCOUNT,
                              .operator= CASE_OPERATOR,
                              .state = ACCOUNT_ACTIVE,
                              .made_at = 1,
                              .email = EMAIL,
                              .password = "x",
                              .language = "en"};
    case_open(&kit);
    memset(&w, 0, sizeof w);
    kit_put(&kit.kit, ACCOUNT_ADD, &account);
    snprintf(second.text, sizeof second.text, "%s", file_text("packaging/demo/kite.json"));
    must(&policy_load_verb, &root, &second, NULL);
    w.elsewhere = kit_number(&kit.kit, "SELECT id FROM operator WHERE code = 'kite'");
    const char *text = file_text("packaging/demo/harbour.json");
    assert_true(policy_read(text, strlen(text), &policy, &faults));
    policy.identity = by_document ? IDENTITY_DOCUMENT : IDENTITY_MATCH;
    if (by_document)
        case_by_document(&kit);
    snprintf(kit.api.scopes, sizeof kit.api.scopes, "closures:write lines:write");
    snprintf(kit.staff.scopes, sizeof kit.staff.scopes, "closures:write lines:write");
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static void usually(void **state) {
    (void)state;
    world_open(false);
    try_all(SITUATION_USUAL);
}

static void after_a_change_of_sim(void **state) {
    (void)state;
    world_open(false);
    try_all(NEW_SIM);
}

static void after_a_change_of_contact(void **state) {
    (void)state;
    world_open(false);
    try_all(NEW_CONTACT);
}

static void with_a_document(void **state) {
    (void)state;
    world_open(true);
    try_all(BY_DOCUMENT);
}

/* The page counts what was tried. */
static void those_are_all(void **state) {
    char says[40];
    (void)state;
    print_message("%zu cells tried\n", tried_cells);
    assert_int_equal(tried_cells, proofs_count());
    snprintf(says, sizeof says, "That makes %zu cells:", tried_cells);
    if (!strstr(file_text("doc/proof.md"), says))
        fail_msg("doc/proof.md does not say \"%s\": build/test/api/tables proof", says);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(usually, teardown),
        cmocka_unit_test_teardown(after_a_change_of_sim, teardown),
        cmocka_unit_test_teardown(after_a_change_of_contact, teardown),
        cmocka_unit_test_teardown(with_a_document, teardown),
        cmocka_unit_test(those_are_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
