/* The journal against somebody who writes to the file: what he does is found, and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "committer_kit.h"
#include "store/journal.h"

#define SIXTY "123456789 123456789 123456789 123456789 123456789 123456789 "

enum { ENTRIES = 9, LIVE = 400 };

static void verify(struct kit *kit, struct journal_check *check) {
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, check), STORE_OK);
}

static const struct {
    const char *harm;
    int64_t seq;
    const char *what;
} harms[] = {
    {"UPDATE journal SET at = at + 1 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET operator = 1 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET actor = actor + 1 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET actor_kind = 8 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET subject = 1 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET result = result + 1 WHERE seq = 3", 3, "changed"},
    {"UPDATE journal SET verb = 'other' WHERE seq = 4", 4, "changed"},
    {"UPDATE journal SET refusal = 'x' WHERE seq = 2", 2, "changed"},
    {"UPDATE journal SET hash = " KIT_ZEROS " WHERE seq = 6", 6, "changed"},
    {"UPDATE journal SET hash = x'00' WHERE seq = 6", 6, "cannot be read"},
    {"UPDATE journal SET verb = '" SIXTY "' WHERE seq = 6", 6, "cannot be read"},
    {"UPDATE journal SET previous = " KIT_ZEROS " WHERE seq = 6", 6, "does not follow"},
    {"UPDATE journal SET id = id + 1 WHERE seq = 7", 7, "another's id"},
    {"DELETE FROM journal WHERE seq = 1", 1, "missing"},
    {"DELETE FROM journal WHERE seq = 5", 5, "missing"},
    {"DELETE FROM journal WHERE seq = 9", 9, "end is missing"},
    {"DELETE FROM journal WHERE seq > 4", 5, "end is missing"},
    {"DELETE FROM journal", 1, "end is missing"},
    {"DELETE FROM journal; DELETE FROM chain; UPDATE budget SET count = 0", 0, ""},
    {"DELETE FROM journal WHERE seq = 9; UPDATE chain SET seq = 8", 9, "behind"},
    {"UPDATE chain SET seq = 8", 9, "behind"},
    {"UPDATE chain SET seq = 10", 10, "end is missing"},
    {"UPDATE chain SET seq = -3", 1, "behind"},
    {"UPDATE chain SET hash = " KIT_ZEROS, 10, "behind"},
    {"DELETE FROM chain", 1, "behind"},
    {"INSERT INTO chain VALUES (5, 0, x'" /* a head of nothing */
     "1111111111111111111111111111111111111111111111111111111111111111')",
     1, "behind"},
    {"INSERT INTO chain VALUES (5, 3, " KIT_ZEROS ")", 1, "end is missing"},
    /* entries that stand outside of what the chain counts */
    {"INSERT INTO journal SELECT 9999, chain, 0, at, operator, 1, 1, 1, 1, verb, refusal, previous,"
     " hash FROM journal WHERE seq = 9",
     1, "missing"},
    {"INSERT INTO journal SELECT 9999, chain, -7, at, operator, 1, 1, 1, 1, verb, refusal, "
     "previous, hash FROM journal WHERE seq = 9",
     1, "missing"},
    {"INSERT INTO journal SELECT 9999, 64, 1, at, operator, 1, 1, 1, 1, verb, refusal, previous, "
     "hash FROM journal WHERE seq = 9",
     1, "no chain"},
    {"INSERT INTO journal SELECT 9999, -1, 0, at, operator, 1, 1, 1, 1, verb, refusal, previous, "
     "hash FROM journal WHERE seq = 9",
     1, "no chain"},
    {"INSERT INTO journal SELECT id + 4096, chain, seq + 1, at, operator, actor_kind, actor, "
     "subject, result, verb, refusal, hash, hash FROM journal WHERE seq = 9",
     10, "changed"},
    {"INSERT INTO journal SELECT (seq << 12) | 64, 1, seq, at, operator, actor_kind, actor, "
     "subject, result, verb, refusal, previous, hash FROM journal WHERE seq = 1",
     1, "changed"},
};

static void every_harm_is_found_and_named(void **state) {
    struct kit *kit = *state;
    struct journal_check check;
    for (int i = 0; i < ENTRIES; i++)
        deed_do(kit, "c", 8, NULL, NULL);
    kit_sql(kit, "CREATE TABLE j AS SELECT * FROM journal; CREATE TABLE c AS SELECT * FROM chain");
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        verify(kit, &check);
        assert_int_equal(check.seq, 0);
        assert_int_equal(check.entries, ENTRIES);
        kit_sql(kit, harms[i].harm);
        verify(kit, &check);
        if (check.seq != harms[i].seq || !strstr(check.what, harms[i].what))
            fail_msg("%s: found %lld (%s)", harms[i].harm, (long long)check.seq, check.what);
        kit_sql(kit, "DELETE FROM journal; INSERT INTO journal SELECT * FROM j;"
                     "DELETE FROM chain; INSERT INTO chain SELECT * FROM c");
    }
}

/* Two histories that part after entry 5, each good by itself, do not make a third one: the end of
 * the first is put behind the second, with the link between them mended. */
static void a_spliced_history_is_found(void **state) {
    struct kit *kit = *state;
    struct journal_check check;
    for (int i = 0; i < ENTRIES; i++) {
        deed_do(kit, "c", 8, NULL, NULL);
        if (i == 4)
            kit_sql(kit, "CREATE TABLE five AS SELECT * FROM chain");
    }
    kit_sql(kit, "CREATE TABLE j AS SELECT * FROM journal; CREATE TABLE c AS SELECT * FROM chain");
    committer_stop(kit->committer);
    kit->committer = NULL;
    kit_sql(kit, "DELETE FROM journal WHERE seq > 5; DELETE FROM chain;"
                 "INSERT INTO chain SELECT * FROM five");
    faulty_start(kit, 8);
    for (int i = 5; i < ENTRIES; i++)
        deed_do(kit, "c", 9, NULL, NULL);
    verify(kit, &check);
    assert_int_equal(check.seq, 0);
    kit_sql(kit, "DELETE FROM journal WHERE seq > 6;"
                 "INSERT INTO journal SELECT * FROM j WHERE seq > 6;"
                 "UPDATE journal SET previous = (SELECT hash FROM journal WHERE seq = 6) WHERE "
                 "seq = 7; DELETE FROM chain; INSERT INTO chain SELECT * FROM c");
    verify(kit, &check);
    assert_int_equal(check.seq, 7);
    assert_string_equal(check.what, "it was changed");
}

/* Without the key nobody makes an entry, even with everything else. */
static void another_key_makes_no_entry(void **state) {
    struct kit *kit = *state;
    static const uint8_t master[32] = {9};
    struct secrets other;
    struct journal_check check;
    deed_do(kit, "c", 8, NULL, NULL);
    secret_derive(master, &other);
    assert_int_equal(journal_verify(kit->engine, kit->reader, &other, &check), STORE_OK);
    assert_int_equal(check.seq, 1);
}

/* It goes on over a restart where it ended, and an empty one is good. */
static void it_goes_on_after_a_restart(void **state) {
    struct kit *kit = *state;
    struct journal_check check;
    verify(kit, &check);
    assert_int_equal(check.seq, 0);
    assert_int_equal(check.entries, 0);
    for (int i = 1; i <= 3; i++) {
        deed_do(kit, "c", 8, NULL, NULL);
        kit_restart(kit);
        verify(kit, &check);
        assert_int_equal(check.seq, 0);
        assert_int_equal(check.entries, i);
    }
    assert_int_equal(kit_number(kit, "SELECT seq FROM chain WHERE id = 0"), 3);
}

static atomic_int live_answers;
static void live_answer(struct job *job) {
    (void)job;
    atomic_fetch_add(&live_answers, 1);
}

/* While a server writes, verifying raises no false alarm. */
static void verifying_a_living_journal_is_calm(void **state) {
    struct kit *kit = *state;
    static struct deed deeds[LIVE];
    static struct job jobs[LIVE];
    struct journal_check check;
    int64_t last = 0;
    atomic_store(&live_answers, 0);
    for (int i = 0; i < LIVE; i++) { /* one row: each is a batch and a commit of its own */
        deeds[i] = (struct deed){.subject = 1, .deeds = "c"};
        deed_job(kit, &jobs[i], &deeds[i], &deed_api, NULL);
        jobs[i].answered = live_answer;
        assert_true(committer_submit(kit->committer, &jobs[i]));
    }
    while (atomic_load(&live_answers) < LIVE) {
        verify(kit, &check);
        if (check.seq)
            fail_msg("entry %lld: %s", (long long)check.seq, check.what);
        assert_true(check.entries >= last);
        last = check.entries;
    }
    verify(kit, &check);
    assert_int_equal(check.entries, LIVE);
}

static int open_kit(void **state) {
    static struct kit kit;
    kit_open(&kit);
    *state = &kit;
    return 0;
}

static int close_kit(void **state) {
    kit_close(*state);
    return 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        TEST(every_harm_is_found_and_named),      TEST(a_spliced_history_is_found),
        TEST(another_key_makes_no_entry),         TEST(it_goes_on_after_a_restart),
        TEST(verifying_a_living_journal_is_calm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
