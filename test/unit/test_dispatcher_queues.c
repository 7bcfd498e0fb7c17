/* The dispatcher when something is in its way: a network that hangs, a store that takes no reports,
 * a message that another one replaced while it waited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "dispatch_kit.h"
#include "effects/message.h"

static struct case_kit kit;
static struct dispatcher_settings settings;

static int64_t now(void) {
    return kit_now;
}

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    settings = dispatch_settings(&kit);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t one(const char *sql) {
    return kit_number(&kit.kit, sql);
}

/* More cuts wait, and for longer, than one look of the finder can hold. */
static void a_network_that_hangs_holds_up_no_message(void **state) {
    (void)state;
    settings.network = NETWORK_OSMO_HLR;
    settings.hlr = (struct hlr_settings){"127.0.0.1", 1, 200}; /* nobody listens on port 1 */
    kit_sql(&kit.kit,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT "
            "INTO effect SELECT i, 4096, 11, 1, 1, 1, 1, 1, 0, 0, 0, '', 'network', 0 FROM n");
    case_submit(&kit, 0, NULL);
    dispatcher_round(&settings);
    assert_int_equal(one("SELECT count(*) FROM inbox"), 3);
}

/* Whoever holds the SIM gets no link once the person moved it to a contact. */
static void a_replaced_message_is_not_sent(void **state) {
    struct closure_resend in = {.contact = kit.contact};
    enum refusal no;
    (void)state;
    in.closure = case_submit(&kit, 0, NULL);
    case_run(&kit, &closure_resend_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    for (int i = 0; i < 5; i++)
        dispatcher_round(&settings);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE kind = 5 AND door = 'sms' AND state = "
                         "4"),
                     1); /* dropped */
    assert_int_equal(one("SELECT count(*) FROM inbox WHERE effect IN (SELECT id FROM effect WHERE "
                         "kind = 5 AND door = 'sms')"),
                     0);
    assert_int_equal(one("SELECT count(*) FROM inbox WHERE effect IN (SELECT id FROM effect WHERE "
                         "kind = 5 AND door = 'mail')"),
                     1);
    assert_int_equal(one("SELECT count(*) FROM closure WHERE confirm_delivered_at > 0"), 1);
    kit_now += SECOND; /* the same place, but a newer code */
    in.closure = one("SELECT id FROM closure");
    case_run(&kit, &closure_resend_verb, &kit.person, &in, &no);
    kit_now += SECOND;
    case_run(&kit, &closure_resend_verb, &kit.person, &in, &no);
    assert_int_equal(no, ACCEPTED);
    for (int i = 0; i < 5; i++)
        dispatcher_round(&settings);
    assert_int_equal(one("SELECT count(*) FROM inbox WHERE effect IN (SELECT id FROM effect WHERE "
                         "kind = 5 AND door = 'mail')"),
                     2);
}

/* A store that takes everything but reports, as one that is full or on its way down. */
static atomic_int refused, again;
static atomic_bool refusing;

static enum store_result record(struct store *store, const struct change *changes, size_t count) {
    for (size_t i = 0; i < count && refusing; i++) {
        if (changes[i].statement != EFFECT_PUT)
            continue;
        kit.kit.engine->abandon(store);
        refused++;
        return STORE_DOWN;
    }
    return kit.kit.engine->record(store, changes, count);
}

static enum refusal counted(struct outcome *out, const void *input, const void *rows) {
    enum refusal no = inbox_add_verb.decide(out, input, rows);
    again += no == REFUSED_UNCHANGED;
    return no;
}

static struct verb inbox;

static const struct verb *counting_verb_of(const char *name) {
    return strcmp(name, "inbox.add") == 0 ? &inbox : verb_of(name);
}

static void what_was_sent_is_not_sent_again(void **state) {
    static struct engine engine;
    char why[256] = "";
    (void)state;
    engine = *kit.kit.engine;
    engine.record = record;
    struct committer_settings own = {.engine = &engine,
                                     .where = kit.kit.where,
                                     .secrets = &kit.kit.secrets,
                                     .now = now,
                                     .queue_limit = 64};
    committer_stop(kit.kit.committer);
    kit.kit.committer = settings.committer = committer_start(&own, why);
    assert_non_null(kit.kit.committer);
    inbox = inbox_add_verb;
    inbox.decide = counted;
    settings.verb_of = counting_verb_of;
    case_submit(&kit, 0, NULL);
    refusing = true;
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    assert_non_null(dispatcher);
    while (refused < 5)
        ;
    assert_int_equal(one("SELECT count(*) FROM effect WHERE attempts > 0"), 0);
    refusing = false;
    while (one("SELECT count(*) FROM effect WHERE attempts = 0") > 0)
        ;
    assert_int_equal(again, 0);
    dispatcher_stop(dispatcher);
}

/* Another server has the lease, or this one. */
static atomic_int asked, told_taken, told_lost;
static atomic_bool mine;

static bool lease(struct store *store) {
    (void)store;
    asked++;
    return mine;
}

static void leased(void *owner, bool held) {
    (void)owner;
    held ? told_taken++ : told_lost++;
}

/* So many looks of the finder, which would have found what is due. */
static void looks(struct dispatcher *dispatcher, int count) {
    for (int from = asked; asked < from + count;)
        dispatcher_wake(dispatcher);
}

static void only_who_has_the_lease_delivers(void **state) {
    static struct engine engine;
    char why[256] = "";
    (void)state;
    engine = *kit.kit.engine;
    engine.lease = lease;
    settings.engine = &engine;
    settings.leased = leased;
    case_submit(&kit, 0, NULL);
    struct dispatcher *dispatcher = dispatcher_start(&settings, why);
    assert_non_null(dispatcher);
    looks(dispatcher, 5);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE attempts > 0"), 0);
    assert_int_equal(told_taken + told_lost, 0);
    mine = true;
    while (one("SELECT count(*) FROM effect WHERE state = 1") > 0)
        dispatcher_wake(dispatcher);
    assert_int_equal(told_taken, 1);
    mine = false;
    looks(dispatcher, 2);
    assert_int_equal(told_lost, 1);
    kit_sql(&kit.kit, "INSERT INTO effect SELECT 99, operator, 11, 1, 1, 1, 1, 1, 0, 0, 0, '', "
                      "'network', 0 FROM closure");
    looks(dispatcher, 5);
    assert_int_equal(one("SELECT count(*) FROM effect WHERE state = 1"), 1);
    mine = true;
    while (one("SELECT count(*) FROM effect WHERE state = 1") > 0)
        dispatcher_wake(dispatcher);
    assert_int_equal(told_taken, 2);
    dispatcher_stop(dispatcher);
}

/* The staff attested it, the network does not answer: it is asked for as long as that takes. */
static void the_check_goes_on(void **state) {
    struct effect effect;
    enum refusal no;
    (void)state;
    settings.network = NETWORK_OSMO_HLR;
    settings.hlr = (struct hlr_settings){"127.0.0.1", 1, 200};
    int64_t id = case_executing(&kit);
    int64_t check = case_effect(&kit, id, EFFECT_NETWORK_CUT);
    struct closure closure;
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.due_at - 4 * HOUR;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    struct network_done done = {.work = one("SELECT id FROM work"), .evidence = "seen there"};
    case_run(&kit, &network_done_verb, &kit.staff, &done, &no);
    assert_int_equal(no, ACCEPTED);
    dispatcher_round(&settings);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_WAITING);
    assert_int_equal(effect.attempts, 1);
    settings.network = NETWORK_MANUAL; /* taken away meanwhile */
    kit_now += HOUR;
    dispatcher_round(&settings);
    case_read(&kit, EFFECT_BY_ID, check, &effect);
    assert_int_equal(effect.state, EFFECT_DROPPED);
}

static void the_account_gets_what_no_contact_can(void **state) {
    static struct message message;
    struct message_facts f = {.secrets = &kit.kit.secrets, .site = "https://harbour.example"};
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    f.policy = &tenants->tenants[0].policies[0];
    f.now = kit_now;
    case_read(&kit, CLOSURE_BY_ID, id, &f.closure);
    case_read(&kit, LINE_BY_ID, kit.line, &f.line);
    f.effect = (struct effect){.kind = EFFECT_CLOSED, .target = id, .to = "mail"};
    assert_non_null(message_dropped(&f));
    f.account = (struct account){.id = 1, .state = ACCOUNT_CLOSED, .email = "chan@example.com"};
    assert_non_null(message_dropped(&f));
    f.account.state = ACCOUNT_ACTIVE;
    assert_null(message_dropped(&f));
    assert_true(message_make(dispatch_pages, &f, &message));
    assert_string_equal(message.to, "chan@example.com");
    committer_tenants_release(kit.kit.committer, tenants);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_network_that_hangs_holds_up_no_message, setup, teardown),
        cmocka_unit_test_setup_teardown(a_replaced_message_is_not_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_sent_is_not_sent_again, setup, teardown),
        cmocka_unit_test_setup_teardown(only_who_has_the_lease_delivers, setup, teardown),
        cmocka_unit_test_setup_teardown(the_check_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(the_account_gets_what_no_contact_can, setup, teardown),
    };
    return cmocka_run_group_tests(tests, dispatch_pages_open, dispatch_pages_close);
}
