#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/journal.h"
#include "store/sqlite.h"
#include "store_kit.h"

/* A verb small enough to see through: a budget row counts up; a refusal may carry a change. */
struct toy {
    int64_t subject, limit;
    char note[32];
};

struct toy_rows {
    struct budget budget;
};

static const struct field toy_input[] = {
    INPUT(FIELD_INT, toy, subject, 1, INT64_MAX, "what is counted"),
    INPUT(FIELD_INT, toy, limit, 0, 1000, "the most"),
    INPUT(FIELD_TEXT, toy, note, 0, 31, "anything"),
    FIELD_END,
};

static void toy_load(struct load *load, const void *input, void *rows) {
    const struct toy *in = input;
    want_budget(load, in->subject, &((struct toy_rows *)rows)->budget);
}

static enum refusal toy_decide(struct outcome *out, const void *input, const void *rows) {
    const struct toy *in = input;
    struct budget budget = ((const struct toy_rows *)rows)->budget;
    budget.id = in->subject;
    budget.operator= out->actor->operator;
    budget.since = out->now;
    budget.count++;
    budget.step = 1;
    out->result = budget.count;
    put_budget(out, &budget);
    if (strcmp(in->note, "twice") == 0) { /* the same row cannot be added twice */
        struct sim sim = {.id = 77, .operator= 1, .iccid = "i", .imsi = "i"};
        add_sim(out, &sim);
        add_sim(out, &sim);
    }
    return budget.count > in->limit ? REFUSED_TOO_MANY : ACCEPTED;
}

static const struct verb toy = {.name = "toy.count",
                                .who = ACTOR_API,
                                .input = toy_input,
                                .input_size = sizeof(struct toy),
                                .rows_size = sizeof(struct toy_rows),
                                .load = toy_load,
                                .decide = toy_decide};

static const struct actor api = {.kind = ACTOR_API, .operator= 4096, .id = 9};
static const struct actor nobody = {.kind = ACTOR_ANONYMOUS, .operator= 4096 };

static void a_key_answers_the_same_and_once(void **state) {
    struct kit *kit = *state;
    struct job job;
    struct toy in = {.subject = 5, .limit = 10};
    assert_int_equal(kit_run(kit, &toy, &api, &in, "k1", &job), ACCEPTED);
    assert_int_equal(job.result, 1);
    assert_false(job.replayed);
    kit_restart(kit);
    assert_int_equal(kit_run(kit, &toy, &api, &in, "k1", &job), ACCEPTED);
    assert_int_equal(job.result, 1);
    assert_true(job.replayed);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 5"), 1);
    in.limit = 11;
    assert_int_equal(kit_run(kit, &toy, &api, &in, "k1", &job), REFUSED_KEY_REUSED);
    struct actor other = api;
    other.id = 10; /* another asker's key is another key */
    assert_int_equal(kit_run(kit, &toy, &other, &in, "k1", &job), ACCEPTED);
    assert_int_equal(job.result, 2);
}

static void a_refusal_is_remembered_with_its_change(void **state) {
    struct kit *kit = *state;
    struct job job;
    struct toy in = {.subject = 6, .limit = 0};
    assert_int_equal(kit_run(kit, &toy, &api, &in, "r1", &job), REFUSED_TOO_MANY);
    assert_int_equal(kit_run(kit, &toy, &api, &in, "r1", &job), REFUSED_TOO_MANY);
    assert_true(job.replayed);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 6"), 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), 1);
}

static void refusals_of_nobody_are_counted_not_chained(void **state) {
    struct kit *kit = *state;
    struct toy in = {.subject = 7, .limit = 0};
    for (int i = 0; i < 3; i++)
        assert_int_equal(kit_run(kit, &toy, &nobody, &in, NULL, NULL), REFUSED_TOO_MANY);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), 0);
    assert_int_equal(kit_number(kit, "SELECT count FROM refusal_count"), 3);
    assert_int_equal(kit_number(kit, "SELECT count FROM budget WHERE id = 7"), 3);
}

/* A SIM whose id is drawn: what is taken already is not drawn again. */
static int64_t drawn_id(struct outcome *out) {
    uint32_t drawn;
    outcome_random(out, &drawn, sizeof drawn);
    return (int64_t)drawn + 1;
}

static enum refusal draw_decide(struct outcome *out, const void *input, const void *rows) {
    struct sim sim = {.id = drawn_id(out), .operator= out->actor->operator};
    (void)input;
    (void)rows;
    snprintf(sim.iccid, sizeof sim.iccid, "%lld", (long long)sim.id);
    snprintf(sim.imsi, sizeof sim.imsi, "%lld", (long long)sim.id);
    out->result = sim.id;
    add_sim(out, &sim);
    return ACCEPTED;
}

static const struct verb draw = {.name = "toy.draw",
                                 .who = ACTOR_API,
                                 .input = toy_input,
                                 .input_size = sizeof(struct toy),
                                 .decide = draw_decide};

static void what_was_taken_is_not_drawn_again(void **state) {
    struct kit *kit = *state;
    struct toy in = {.subject = 1};
    struct outcome out = {.drawn = 0};
    struct job first = {.verb = &draw, .actor = api, .input = &in}, second;
    job_fill(&first, &kit->secrets);
    second = first; /* the same bytes */
    memcpy(out.seed, first.seed, sizeof out.seed);
    assert_true(committer_run(kit->committer, &first));
    assert_int_equal(first.result, drawn_id(&out));
    assert_true(committer_run(kit->committer, &second));
    assert_int_equal(second.refusal, ACCEPTED);
    assert_int_not_equal(second.result, first.result);
}

static void what_breaks_fails_alone(void **state) {
    struct kit *kit = *state;
    enum { JOBS = 40 };
    struct toy in[JOBS];
    struct job jobs[JOBS];
    for (int i = 0; i < JOBS; i++) {
        in[i] = (struct toy){.subject = 100 + i, .limit = 10};
        if (i == 17)
            snprintf(in[i].note, sizeof in[i].note, "twice");
        jobs[i] = (struct job){.verb = &toy, .actor = api, .input = &in[i]};
        job_fill(&jobs[i], &kit->secrets);
    }
    static int answers;
    answers = 0;
    for (int i = 0; i < JOBS; i++)
        assert_true(committer_run(kit->committer, &jobs[i]));
    for (int i = 0; i < JOBS; i++)
        answers += jobs[i].refusal == ACCEPTED;
    assert_int_equal(answers, JOBS - 1);
    assert_true(jobs[17].refusal != ACCEPTED);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget"), JOBS - 1);
}

/* Many jobs on one row, all waiting at once: each sees what the one before it left. */
static void one_row_is_never_decided_on_stale(void **state) {
    struct kit *kit = *state;
    enum { JOBS = 300 };
    static struct toy in[JOBS];
    static struct job jobs[JOBS];
    static struct toy last;
    static struct job end;
    extern void count_answer(struct job * job);
    for (int i = 0; i < JOBS; i++) {
        in[i] = (struct toy){.subject = 9, .limit = JOBS + 1};
        jobs[i] =
            (struct job){.verb = &toy, .actor = api, .input = &in[i], .answered = count_answer};
        job_fill(&jobs[i], &kit->secrets);
        assert_true(committer_submit(kit->committer, &jobs[i]));
    }
    last = (struct toy){.subject = 9, .limit = JOBS + 1};
    end = (struct job){.verb = &toy, .actor = api, .input = &last};
    job_fill(&end, &kit->secrets);
    assert_true(committer_run(kit->committer, &end));
    assert_int_equal(end.result, JOBS + 1);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(jobs[i].result, i + 1);
}

void count_answer(struct job *job);
void count_answer(struct job *job) {
    (void)job;
}

static void verify(struct kit *kit, struct journal_check *check) {
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, check), STORE_OK);
}

static void a_touched_journal_is_found(void **state) {
    struct kit *kit = *state;
    struct journal_check check;
    struct toy in = {.subject = 8, .limit = 100};
    static const struct {
        const char *harm;
        int64_t seq;
    } harms[] = {
        {"UPDATE journal SET at = at + 1 WHERE seq = 3", 3},
        {"UPDATE journal SET verb = 'toy.other' WHERE seq = 4", 4},
        {"UPDATE journal SET refusal = 'x' WHERE seq = 2", 2},
        {"DELETE FROM journal WHERE seq = 5", 5},
        {"DELETE FROM journal WHERE seq = 1", 1},
        {"DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", 9},
        {"UPDATE journal SET seq = -seq WHERE seq IN (3, 4); UPDATE journal SET seq = 7 + seq "
         "WHERE seq < 0",
         3},
        {"INSERT INTO journal SELECT id + 4096, chain, seq + 1, at, operator, actor_kind, actor, "
         "subject, result, verb, refusal, hash, hash FROM journal WHERE seq = 9",
         10},
        {"UPDATE chain SET hash = " KIT_ZEROS, 10},
    };
    for (int i = 0; i < 9; i++)
        kit_run(kit, &toy, &api, &in, NULL, NULL);
    kit_sql(kit, "CREATE TABLE j AS SELECT * FROM journal; CREATE TABLE c AS SELECT * FROM chain");
    verify(kit, &check);
    assert_int_equal(check.seq, 0);
    assert_int_equal(check.entries, 9);
    for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
        kit_sql(kit, harms[i].harm);
        verify(kit, &check);
        if (check.seq != harms[i].seq)
            fail_msg("%s: found %lld (%s)", harms[i].harm, (long long)check.seq, check.what);
        kit_sql(kit, "DELETE FROM journal; INSERT INTO journal SELECT * FROM j;"
                     "DELETE FROM chain; INSERT INTO chain SELECT * FROM c");
    }
    verify(kit, &check);
    assert_int_equal(check.seq, 0);
}

static void an_unfit_database_is_refused(void **state) {
    struct kit *kit = *state;
    char why[256] = "";
    struct secrets other;
    static const uint8_t master[32] = {8};
    secret_derive(master, &other);
    assert_null(kit->engine->open(kit->where, &other, true, why));
    assert_non_null(strstr(why, "key file"));
    if (kit->engine->writers == 1) {
        assert_null(kit->engine->open(kit->where, &kit->secrets, false, why));
        assert_non_null(strstr(why, "another ringoff"));
    }
    kit_version(kit, 99);
    assert_null(kit->engine->open(kit->where, &kit->secrets, true, why));
    assert_non_null(strstr(why, "newer"));
    assert_false(kit->engine->prepare(kit->where, &kit->secrets, true, why));
    kit_version(kit, sqlite_migration_count); /* PostgreSQL has as many */
    struct store *again = kit->engine->open(kit->where, &kit->secrets, true, why);
    assert_non_null(again);
    kit->engine->close(again);
}

static void sealed_columns_hold_no_clear_text(void **state) {
    struct kit *kit = *state;
    char why[256];
    struct subscriber in = {.id = 4200,
                            .operator= 4096,
                            .kind = SUBSCRIBER_PERSON,
                            .name = "CHAN",
                            .name_zh = "陳",
                            .birth = "1980-01-02",
                            .document_type = "hkid",
                            .document = "A123456(3)",
                            .document_key = "hkid:A123456(3)",
                            .language = "en"},
                      out = {0};
    committer_stop(kit->committer);
    struct store *store = kit->engine->open(kit->where, &kit->secrets, false, why);
    struct change change = {SUBSCRIBER_ADD, &in};
    assert_int_equal(kit->engine->load(store, NULL, 0), STORE_OK);
    assert_int_equal(kit->engine->record(store, &change, 1), STORE_OK);
    struct key key = {.operator= 4096, .text = "hkid:A123456(3)"};
    struct want want = {SUBSCRIBER_BY_DOCUMENT, &key, &out, 1, 0, 0, false};
    assert_int_equal(kit->engine->read(store, &want, 1), STORE_OK);
    assert_string_equal(out.name_zh, "陳");
    assert_string_equal(out.document, "A123456(3)");
    kit->engine->close(store);
    assert_int_equal(kit_holding(kit, "subscriber", "name", "CHAN"), 0);
    assert_int_equal(kit_holding(kit, "subscriber", "document", "A123456"), 0);
    kit_sql(kit, "UPDATE subscriber SET birth = name"); /* moved to another column: found */
    want.count = 0;
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_BROKEN);
    kit->committer = NULL;
}

/* What a door refused is in the chain as what was asked; nothing else of it is kept. */
static void what_a_door_refused_is_in_the_journal(void **state) {
    struct kit *kit = *state;
    struct job job = {.verb = &toy, .actor = api, .key = "k1", .refused = REFUSED_KEY_MISSING};
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_KEY_MISSING);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal WHERE verb = 'toy.count' AND "
                                     "refusal = 'key_missing' AND actor = 9 AND actor_kind = 4"),
                     1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM budget"), 0);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM remembered"), 0);
    struct toy in = {.subject = 5, .limit = 10};
    assert_int_equal(kit_run(kit, &toy, &api, &in, "k1", NULL), ACCEPTED); /* the key is free */
    job = (struct job){.verb = &toy, .actor = nobody, .refused = REFUSED_INPUT};
    assert_true(committer_run(kit->committer, &job));
    assert_int_equal(job.refusal, REFUSED_INPUT);
    assert_int_equal(kit_number(kit, "SELECT sum(count) FROM refusal_count"), 1);
    assert_int_equal(kit_number(kit, "SELECT count(*) FROM journal"), 2);
    struct journal_check check;
    assert_int_equal(journal_verify(kit->engine, kit->reader, &kit->secrets, &check), STORE_OK);
    assert_int_equal(check.seq, 0);
    assert_int_equal(check.entries, 2);
}

/* Whoever has the file cannot see that two operators have the same person, mail or user. */
static void two_operators_hashes_differ(void **state) {
    struct kit *kit = *state;
    for (int64_t operator= 1; operator<= 2; operator++) {
        struct subscriber person = {.id = operator, .operator= operator, .document_key = "hkid:A" };
        struct account account = {.id = operator, .operator= operator, .email = "a@example.com" };
        struct staff staff = {
            .id = operator, .operator= operator, .name = "Ada Wong", .system_user = "adawong"};
        kit_put(kit, SUBSCRIBER_ADD, &person);
        kit_put(kit, ACCOUNT_ADD, &account);
        kit_put(kit, STAFF_ADD, &staff);
        staff.roles[0] = 'r';
        kit_put(kit, STAFF_PUT, &staff);
    }
    assert_int_equal(kit_number(kit, "SELECT count(DISTINCT document_key) FROM subscriber"), 2);
    assert_int_equal(kit_number(kit, "SELECT count(DISTINCT email_key) FROM account"), 2);
    assert_int_equal(kit_number(kit, "SELECT count(DISTINCT user_key) FROM staff"), 2);
    assert_int_equal(kit_holding(kit, "staff", "name", "Ada"), 0);
    assert_int_equal(kit_holding(kit, "staff", "system_user", "ada"), 0);
    for (int64_t operator= 1; operator<= 3; operator++) {
        struct staff found = {0};
        struct key key = {.operator= operator, .text = "adawong" };
        struct want want = {.statement = STAFF_BY_USER, .in = &key, .rows = &found, .room = 1};
        assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
        assert_int_equal(found.id, operator< 3 ? operator: 0);
        assert_string_equal(found.name, operator<3 ? "Ada Wong" : "");
    }
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
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_kit, close_kit)
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_key_answers_the_same_and_once),
        STORE_TEST(a_refusal_is_remembered_with_its_change),
        STORE_TEST(refusals_of_nobody_are_counted_not_chained),
        STORE_TEST(what_was_taken_is_not_drawn_again),
        STORE_TEST(what_breaks_fails_alone),
        STORE_TEST(one_row_is_never_decided_on_stale),
        STORE_TEST(a_touched_journal_is_found),
        STORE_TEST(an_unfit_database_is_refused),
        STORE_TEST(sealed_columns_hold_no_clear_text),
        STORE_TEST(what_a_door_refused_is_in_the_journal),
        STORE_TEST(two_operators_hashes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
