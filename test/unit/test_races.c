/* Two servers at the same rows at the same moment: whoever comes first, nothing of either is lost.
 * One file has one writer, so this runs on PostgreSQL only. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/charging.h"
#include "commands/transfer.h"
#include "store/journal.h"

enum { ROUNDS = 24 };

static struct case_kit kit;
static struct committer *servers[2];
static pthread_barrier_t together;

static int64_t standing_clock(void) {
    return kit_now;
}

static int setup(void **state) {
    char why[256] = "";
    (void)state;
    case_open(&kit);
    struct committer_settings settings = {.engine = kit.kit.engine,
                                          .where = kit.kit.where,
                                          .secrets = &kit.kit.secrets,
                                          .now = standing_clock,
                                          .queue_limit = 64,
                                          .patience = MINUTE};
    pthread_barrier_init(&together, NULL, 2);
    for (int i = 0; i < 2; i++)
        servers[i] = committer_start(&settings, why);
    return servers[0] && servers[1] ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        committer_stop(servers[i]);
    pthread_barrier_destroy(&together);
    case_close(&kit);
    return 0;
}

struct racer {
    struct job job;
    int server;
};

static struct racer racer_of(int server, const struct verb *verb, const struct actor *actor,
                             void *input) {
    struct racer racer = {.job = {.verb = verb, .actor = *actor, .input = input}, .server = server};
    job_fill(&racer.job, &kit.kit.secrets);
    return racer;
}

static void *racer_run(void *owner) {
    struct racer *racer = owner;
    pthread_barrier_wait(&together);
    if (!committer_run(servers[racer->server], &racer->job) || racer->job.down)
        abort();
    return NULL;
}

static void race(struct racer *one, struct racer *other) {
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, racer_run, one), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, racer_run, other), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

static void assert_calm(void) {
    struct journal_check check;
    assert_int_equal(journal_verify(kit.kit.engine, kit.kit.reader, &kit.kit.secrets, &check),
                     STORE_OK);
    if (check.seq)
        fail_msg("chain %lld, entry %lld: %s", (long long)check.chain, (long long)check.seq,
                 check.what);
    assert_int_equal(kit_number(&kit.kit, "SELECT deadlocks FROM pg_stat_database WHERE datname = "
                                          "current_database()"),
                     0);
    assert_int_equal(kit_number(&kit.kit, "SELECT coalesce(sum(amount), 0) FROM posting"), 0);
}

static struct closure_submit submit_of(int64_t line, const struct line_import *row) {
    struct closure_submit in = {.line = line, .document_type = "hkid", .language = "en"};
    memcpy(in.document, row->document, sizeof in.document);
    return in;
}

static int64_t import(struct line_import *row) {
    enum refusal no;
    int64_t line = case_run(&kit, &line_import_verb, &kit.system, row, &no);
    assert_int_equal(no, ACCEPTED);
    return line;
}

/* One finds the line by its number and changes its SIM and credit, the other closes it; when the
 * SIM is new before, that asks for more proof. */
static void an_import_and_a_closure_both_stand(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import row = case_row(20 + 10 * i), other = case_row(21 + 10 * i);
        int64_t id = import(&row);
        memcpy(row.iccid, other.iccid, sizeof row.iccid);
        memcpy(row.imsi, other.imsi, sizeof row.imsi);
        row.paid_minor += 100;
        struct closure_submit in = submit_of(id, &row);
        struct racer importer = racer_of(i % 2, &line_import_verb, &kit.system, &row);
        struct racer closer = racer_of(1 - i % 2, &closure_submit_verb, &kit.api, &in);
        race(&importer, &closer);
        assert_int_equal(importer.job.refusal, ACCEPTED);
        assert_true(closer.job.refusal == ACCEPTED || closer.job.refusal == REFUSED_PROOF);
        struct line line;
        case_read(&kit, LINE_BY_ID, id, &line);
        assert_string_equal(line.iccid, other.iccid);
        assert_int_equal(line.closure, closer.job.refusal ? 0 : closer.job.result);
    }
    assert_calm();
}

/* Two ask for the same line to be closed: there is one closure. */
static void a_line_is_closed_once(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import row = case_row(20 + 10 * i);
        int64_t id = import(&row);
        struct closure_submit in = submit_of(id, &row), again = in;
        struct racer one = racer_of(0, &closure_submit_verb, &kit.api, &in);
        struct racer other = racer_of(1, &closure_submit_verb, &kit.api, &again);
        race(&one, &other);
        struct racer *first = one.job.refusal ? &other : &one;
        struct racer *second = first == &one ? &other : &one;
        assert_int_equal(first->job.refusal, ACCEPTED);
        assert_int_equal(second->job.refusal, REFUSED_LINE_CLOSING);
        assert_int_equal(second->job.result, first->job.result);
    }
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM closure"), ROUNDS);
    assert_calm();
}

/* A closure of the line that only waits for the network. */
static int64_t executing(int64_t line, const struct line_import *row) {
    struct closure_submit in = submit_of(line, row);
    struct closure closure;
    int64_t id = case_run(&kit, &closure_submit_verb, &kit.api, &in, NULL);
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until > kit_now ? closure.undo_until : kit_now;
    struct closure_advance advance = {id, line};
    enum refusal no;
    case_run(&kit, &closure_advance_verb, &kit.system, &advance, &no);
    assert_int_equal(no, ACCEPTED);
    return id;
}

/* The last two lines of a person end at once: one of them is the last, and the registration's last
 * day is set. */
static void one_of_two_lines_is_the_last(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import rows[2] = {case_row(20 + 10 * i), case_row(20 + 10 * i)};
        struct line_import other = case_row(21 + 10 * i);
        struct network_cut cuts[2];
        struct racer racers[2];
        memcpy(rows[1].number, other.number, sizeof other.number);
        memcpy(rows[1].iccid, other.iccid, sizeof other.iccid);
        memcpy(rows[1].imsi, other.imsi, sizeof other.imsi);
        for (int k = 0; k < 2; k++) {
            int64_t line = import(&rows[k]), id = executing(line, &rows[k]);
            cuts[k] = (struct network_cut){id, line, case_effect(&kit, id, EFFECT_NETWORK_CUT),
                                           "no such subscriber"};
            racers[k] = racer_of(k, &network_cut_verb, &kit.system, &cuts[k]);
        }
        race(&racers[0], &racers[1]);
        for (int k = 0; k < 2; k++)
            assert_int_equal(racers[k].job.refusal, ACCEPTED);
        char sql[128];
        snprintf(sql, sizeof sql,
                 "SELECT erase_after FROM subscriber WHERE id = (SELECT subscriber FROM line WHERE "
                 "id = %lld)",
                 (long long)cuts[0].line);
        assert_true(kit_number(&kit.kit, sql) > kit_now);
    }
    assert_calm();
}

/* A person's last line ends while a new one comes: the registration is not dated for erasure. */
static void a_new_line_keeps_the_registration(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import row = case_row(20 + 10 * i), other = case_row(21 + 10 * i), next = row;
        int64_t line = import(&row), id = executing(line, &row);
        struct network_cut cut = {id, line, case_effect(&kit, id, EFFECT_NETWORK_CUT), "gone"};
        memcpy(next.number, other.number, sizeof next.number);
        memcpy(next.iccid, other.iccid, sizeof next.iccid);
        memcpy(next.imsi, other.imsi, sizeof next.imsi);
        struct racer cutter = racer_of(i % 2, &network_cut_verb, &kit.system, &cut);
        struct racer importer = racer_of(1 - i % 2, &line_import_verb, &kit.system, &next);
        race(&cutter, &importer);
        assert_int_equal(cutter.job.refusal, ACCEPTED);
        assert_int_equal(importer.job.refusal, ACCEPTED);
        char sql[128];
        snprintf(sql, sizeof sql,
                 "SELECT erase_after FROM subscriber WHERE id = (SELECT subscriber FROM line WHERE "
                 "id = %lld)",
                 (long long)line);
        assert_int_equal(kit_number(&kit.kit, sql), 0);
    }
    assert_calm();
}

static struct credit_transfer transfer_of(int64_t line, const char *number, int64_t minor) {
    struct credit_transfer in = {.line = line, .amount_minor = minor, .language = "en"};
    snprintf(in.number, sizeof in.number, "%s", number);
    memcpy(in.number_again, in.number, sizeof in.number_again);
    return in;
}

static enum refusal racer_prepare(void *input) {
    return credit_transfer_verb.prepare(input, &kit.api, kit.kit.reader, kit.kit.engine,
                                        &kit.kit.secrets);
}

static int64_t paid_of(int64_t line) {
    char text[160];
    snprintf(text, sizeof text,
             "SELECT balance FROM ledger_account WHERE kind = %d AND line = %lld", (int)LEDGER_PAID,
             (long long)line);
    return kit_number(&kit.kit, text);
}

/* From here to there and from there to here: both go, neither waits for the other in a circle. */
static void credit_goes_both_ways_at_once(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import a = case_row(20 + 10 * i), b = case_row(21 + 10 * i);
        int64_t from = import(&a), to = import(&b);
        struct credit_transfer there = transfer_of(from, b.number, 700),
                               back = transfer_of(to, a.number, 200);
        assert_int_equal(racer_prepare(&there), ACCEPTED);
        assert_int_equal(racer_prepare(&back), ACCEPTED);
        struct racer one = racer_of(i % 2, &credit_transfer_verb, &kit.api, &there);
        struct racer other = racer_of(1 - i % 2, &credit_transfer_verb, &kit.api, &back);
        race(&one, &other);
        assert_int_equal(one.job.refusal, ACCEPTED);
        assert_int_equal(other.job.refusal, ACCEPTED);
        assert_int_equal(paid_of(from), a.paid_minor - 500);
        assert_int_equal(paid_of(to), b.paid_minor + 500);
    }
    assert_calm();
}

/* All there is, to two lines: one gets it, and the other nothing. */
static void all_of_it_goes_once(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import a = case_row(20 + 10 * i), b = case_row(21 + 10 * i),
                           c = case_row(22 + 10 * i);
        int64_t from = import(&a), first = import(&b), second = import(&c);
        struct credit_transfer to_b = transfer_of(from, b.number, a.paid_minor),
                               to_c = transfer_of(from, c.number, a.paid_minor);
        assert_int_equal(racer_prepare(&to_b), ACCEPTED);
        assert_int_equal(racer_prepare(&to_c), ACCEPTED);
        struct racer one = racer_of(0, &credit_transfer_verb, &kit.api, &to_b);
        struct racer other = racer_of(1, &credit_transfer_verb, &kit.api, &to_c);
        race(&one, &other);
        assert_true((one.job.refusal == ACCEPTED) != (other.job.refusal == ACCEPTED));
        assert_int_equal(paid_of(from), 0);
        assert_int_equal(paid_of(first) + paid_of(second),
                         a.paid_minor + b.paid_minor + c.paid_minor);
    }
    assert_calm();
}

static struct credit_top_up top_up_of(int64_t line, int i) {
    struct credit_top_up in = {
        .line = line, .amount_minor = 900, .at = kit_now, .currency = "HKD", .channel = "counter"};
    snprintf(in.transaction, sizeof in.transaction, "T-%d", i);
    return in;
}

/* The same transaction, told to two servers at once. */
static void a_top_up_is_booked_once(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import row = case_row(20 + 10 * i);
        int64_t line = import(&row);
        struct credit_top_up in = top_up_of(line, i), again = in;
        struct racer one = racer_of(0, &credit_top_up_verb, &kit.api, &in);
        struct racer other = racer_of(1, &credit_top_up_verb, &kit.api, &again);
        race(&one, &other);
        assert_int_equal(one.job.refusal, ACCEPTED);
        assert_int_equal(other.job.refusal, ACCEPTED);
        assert_int_equal(one.job.result, other.job.result);
        assert_int_equal(paid_of(line), row.paid_minor + 900);
    }
    assert_int_equal(kit_number(&kit.kit, "SELECT count(*) FROM charge"), ROUNDS);
    assert_calm();
}

/* A top-up and the cut: before it is settled with the rest, or after it is unclaimed. */
static void a_top_up_beside_the_cut_is_not_lost(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct line_import row = case_row(20 + 10 * i);
        int64_t line = import(&row), id = executing(line, &row);
        struct network_cut cut = {id, line, case_effect(&kit, id, EFFECT_NETWORK_CUT), "gone"};
        struct credit_top_up in = top_up_of(line, i);
        struct racer cutter = racer_of(i % 2, &network_cut_verb, &kit.system, &cut);
        struct racer teller = racer_of(1 - i % 2, &credit_top_up_verb, &kit.api, &in);
        race(&cutter, &teller);
        assert_int_equal(cutter.job.refusal, ACCEPTED);
        assert_int_equal(teller.job.refusal, ACCEPTED);
        char text[160];
        snprintf(text, sizeof text,
                 "SELECT balance FROM ledger_account WHERE kind = %d AND line = %lld",
                 (int)LEDGER_UNCLAIMED, (long long)line);
        assert_int_equal(paid_of(line), 0);
        assert_int_equal(kit_number(&kit.kit, text), row.paid_minor + 900);
    }
    assert_calm();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const char *cluster = getenv("RINGOFF_TEST_POSTGRES");
    const struct CMUnitTest tests[] = {
        TEST(an_import_and_a_closure_both_stand),
        TEST(a_line_is_closed_once),
        TEST(one_of_two_lines_is_the_last),
        TEST(a_new_line_keeps_the_registration),
        TEST(credit_goes_both_ways_at_once),
        TEST(all_of_it_goes_once),
        TEST(a_top_up_is_booked_once),
        TEST(a_top_up_beside_the_cut_is_not_lost),
    };
    if (!cluster || !cluster[0]) {
        fprintf(stderr, "skipped: RINGOFF_TEST_POSTGRES is not set (script/cluster run)\n");
        return 77; /* what meson takes for a test that could not be run */
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
