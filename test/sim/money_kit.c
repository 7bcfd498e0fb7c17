/* The database with its operators, the lines of a wave, and what is read of them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "commands/line_import.h"
#include "commands/policy.h"
#include "commands/staff.h"
#include "money_world.h"
#include "rules/identifier.h"
#include "store/ledger_verify.h"
#include "unit/kit_place.h"

static int64_t standing_clock(void) {
    return kit_now;
}

/* --- policies --- */

const struct money_limits money_limits[MONEY_LIMITS] = {
    {.late_to_operator = true,
     .lapses = true,
     .refund_minimum = 50,
     .refund_fee = 20,
     .second = 300,
     .transfer_minimum = 10,
     .transfer_maximum = 500,
     .transfer_fee = 30,
     .suspension_fee = 70,
     .wait_ms = HOUR,
     .claim_months = 84,
     .utc_offset_minutes = 480},
    {.refund_online = true,
     .refund_minimum = 1,
     .transfer_minimum = 1,
     .transfer_maximum = 100000,
     .wait_ms = HOUR,
     .claim_months = 12,
     .utc_offset_minutes = 480},
};

static void set(json_t *policy, const char *group, const char *name, json_t *value) {
    json_t *in = json_object_get(policy, group);
    if (!json_object_get(in, name) || json_object_set_new(in, name, value))
        abort();
}

static void set_limits(json_t *policy, const struct money_limits *limits) {
    set(policy, "credit", "unclaimed_claim_months", json_integer(limits->claim_months));
    set(policy, "credit", "late_debit",
        json_string(limits->late_to_operator ? "operator" : "refuse"));
    set(policy, "credit", "after_claim", json_string(limits->lapses ? "breakage" : "keep"));
    set(policy, "refund", "online", json_boolean(limits->refund_online));
    set(policy, "refund", "minimum_minor", json_integer(limits->refund_minimum));
    set(policy, "refund", "fee_minor", json_integer(limits->refund_fee));
    set(policy, "refund", "second_minor", json_integer(limits->second));
    set(policy, "refund", "unverified_second_minor", json_integer(limits->second));
    set(policy, "refund", "payee_wait_hours", json_integer(limits->wait_ms / HOUR));
    set(policy, "refund", "payee_count", json_integer(1000));
    json_object_set_new(json_object_get(json_object_get(policy, "refund"), "ways"), "original",
                        json_boolean(limits->refund_online));
    set(policy, "transfer", "minimum_minor", json_integer(limits->transfer_minimum));
    set(policy, "transfer", "maximum_minor", json_integer(limits->transfer_maximum));
    set(policy, "transfer", "fee_minor", json_integer(limits->transfer_fee));
    set(policy, "transfer", "day_count", json_integer(100));
    set(policy, "transfer", "day_minor", json_integer(100000000));
    set(policy, "transfer", "cooling_hours", json_integer(0));
    set(policy, "suspension", "fee_minor", json_integer(limits->suspension_fee));
}

void money_policy(const struct money_limits *limits, size_t w, char text[POLICY_TEXT_SIZE]) {
    char path[512], value[64];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/packaging/demo/harbour.json", root ? root : ".");
    json_t *policy = json_load_file(path, 0, NULL);
    if (!policy)
        abort();
    set_limits(policy, limits);
    snprintf(value, sizeof value, "world%zu", w);
    json_object_set_new(policy, "operator", json_string(value));
    snprintf(value, sizeof value, "world%zu.localhost", w);
    json_object_set_new(policy, "hosts", json_pack("[s]", value));
    char from[24], to[24];
    snprintf(from, sizeof from, "+8526%02zu00000", w);
    snprintf(to, sizeof to, "+8526%02zu99999", w);
    json_object_set_new(policy, "number_blocks", json_pack("[{s:s,s:s}]", "from", from, "to", to));
    char *dumped = json_dumps(policy, 0);
    snprintf(text, POLICY_TEXT_SIZE, "%s", dumped);
    free(dumped);
    json_decref(policy);
}

/* The two who approve. */
static void clerk_add(struct money_kit *kit, struct money_world *world, int i) {
    struct staff_add in = {.roles = "refunds:write"};
    const struct actor system = {.kind = ACTOR_SYSTEM, .operator= world->operator};
    snprintf(in.name, sizeof in.name, "Clerk %d", i);
    snprintf(in.system_user, sizeof in.system_user, "clerk%d", i);
    if (kit_run(&kit->kit, &staff_add_verb, &system, &in, NULL, NULL))
        abort();
}

/* What the database has of an operator, whatever made it. */
static void world_find(struct money_kit *kit, size_t w) {
    struct money_world *world = &kit->world[w];
    static const char *const ends[] = {"min", "max"};
    char sql[80];
    world->limits = &money_limits[w % MONEY_LIMITS];
    snprintf(sql, sizeof sql, "SELECT id FROM operator WHERE code = 'world%zu'", w);
    world->operator= kit_number(&kit->kit, sql);
    for (int i = 0; i < 2; i++) {
        snprintf(sql, sizeof sql, "SELECT %s(id) FROM staff WHERE operator = %lld", ends[i],
                 (long long)world->operator);
        world->staff[i] = kit_number(&kit->kit, sql);
    }
}

static void operator_add(struct money_kit *kit, size_t w) {
    static struct policy_load in;
    static struct policy policy;
    static struct policy_faults faults;
    const struct actor root = {.kind = ACTOR_STAFF, .scopes = "root"};
    struct job job;
    memset(&in, 0, sizeof in);
    snprintf(in.operator_code, sizeof in.operator_code, "world%zu", w);
    money_policy(kit->world[w].limits, w, in.text);
    if (kit_run(&kit->kit, &policy_load_verb, &root, &in, NULL, &job)) {
        policy_read(in.text, strlen(in.text), &policy, &faults);
        fprintf(stderr, "%s: %s %s\n", refusal_about(job.refusal)->code, faults.fault[0].field,
                faults.fault[0].why);
        abort();
    }
    world_find(kit, w);
    for (int i = 0; i < 2; i++)
        clerk_add(kit, &kit->world[w], i);
    world_find(kit, w);
}

/* --- lines --- */

static void row_make(struct money_kit *kit, size_t w, struct line_import *row) {
    unsigned serial = (unsigned)(++kit->serial % 100000);
    char digits[24];
    *row = (struct line_import){.sim_since = kit_now - 400 * DAY,
                                .activated_at = kit_now - 400 * DAY,
                                .paid_minor = MONEY_PAID,
                                .promotional_minor = MONEY_PROMOTIONAL,
                                .kind = SUBSCRIBER_PERSON,
                                .name = "CHAN Tai Man",
                                .birth = "1980-02-29",
                                .document_type = "hkid",
                                .email = "chan@example.com",
                                .email_since = kit_now - 300 * DAY,
                                .language = "en"};
    snprintf(row->number, sizeof row->number, "+8526%02zu%05u", w % 100, serial);
    assert(kit->serial < 100000);
    snprintf(digits, sizeof digits, "8985201%011u", serial);
    snprintf(row->imsi, sizeof row->imsi, "45400%010u", serial);
    if (!iccid_make(digits, row->iccid))
        abort();
    memcpy(row->document, kit->world[w].document, sizeof row->document);
}

static void import(struct money_kit *kit, size_t first, size_t end) {
    static struct line_import rows[(MONEY_WORLDS + 1) * MONEY_LINES];
    static struct job jobs[(MONEY_WORLDS + 1) * MONEY_LINES];
    size_t count = 0;
    for (int i = 0; i < MONEY_LINES; i++)
        for (size_t w = first; w < end; w++) {
            if (i == 0 &&
                !hkid_make("A", (uint32_t)(100000 + kit->serial % 800000), kit->world[w].document))
                abort();
            row_make(kit, w, &rows[count]);
            jobs[count] =
                (struct job){.verb = &line_import_verb,
                             .actor = {.kind = ACTOR_SYSTEM, .operator= kit->world[w].operator},
                                       .input = &rows[count],
                                       .owner = &kit->world[w].line[i]};
            job_fill(&jobs[count], &kit->kit.secrets);
            count++;
        }
    money_crowd(kit, jobs, count);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].refusal || jobs[i].down) {
            fprintf(stderr, "import: %s\n", refusal_about(jobs[i].refusal)->code);
            abort();
        }
        *(int64_t *)jobs[i].owner = jobs[i].result;
    }
}

void money_forget(struct money_world *world) {
    memset(world->line, 0, sizeof world->line);
    memset(world->closure, 0, sizeof world->closure);
    memset(world->refund, 0, sizeof world->refund);
    memset(world->payee, 0, sizeof world->payee);
    memset(world->said, 0, sizeof world->said);
    memset(world->made, 0, sizeof world->made);
    world->refunds = 0;
    world->suspension = 0;
}

static void wave_of(struct money_kit *kit, size_t first, size_t end) {
    for (size_t w = first; w < end; w++)
        money_forget(&kit->world[w]);
    kit_now += HOUR;
    kit->since = kit_now;
    /* ids are of no order between chains */
    kit->after = kit_number(&kit->kit,
                            kit->servers[0]
                                ? "SELECT coalesce(min(last), 0) FROM (SELECT max(id) AS last FROM "
                                  "posting GROUP BY (id >> 6) & 63) AS chains"
                                : "SELECT coalesce(max(id), 0) FROM posting");
    import(kit, first, end);
}

void money_wave(struct money_kit *kit) {
    wave_of(kit, 0, MONEY_WORLDS);
}

/* --- open and close --- */

static void servers_start(struct money_kit *kit) {
    char why[256] = "";
    struct committer_settings settings = {.engine = kit->kit.engine,
                                          .where = kit->kit.where,
                                          .secrets = &kit->kit.secrets,
                                          .now = standing_clock,
                                          .queue_limit = 4096};
    for (int i = 0; kit->kit.engine->writers > 1 && i < MONEY_SERVERS; i++)
        if (!(kit->servers[i] = committer_start(&settings, why)))
            abort();
}

/* What of the foreign one others may name: a line with credit, a refund that waits. */
static void foreign_find(struct money_kit *kit) {
    struct money_world *world = &kit->world[MONEY_WORLDS];
    static const char *const tables[] = {"line", "closure", "refund", "payee"};
    int64_t *const to[] = {&world->line[0], &world->closure[0], &world->refund[0],
                           &world->payee[0]};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
        char sql[120];
        snprintf(sql, sizeof sql, "SELECT coalesce(min(id), 0) FROM %s WHERE operator = %lld",
                 tables[i], (long long)world->operator);
        *to[i] = kit_number(&kit->kit, sql);
    }
}

static void foreign_make(struct money_kit *kit) {
    static const struct money_act acts[] = {
        {.deed = DO_SUBMIT, .line = 1, .key = 1},
        {.deed = DO_CHOOSE, .line = 1, .key = 2, .choice = CHOICE_REFUND},
        {.deed = DO_TIMER, .line = 1, .key = 3},
        {.deed = DO_CUT, .line = 1, .key = 4}};
    wave_of(kit, MONEY_WORLDS, MONEY_WORLDS + 1);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct money_task task = {.world = &kit->world[MONEY_WORLDS], .act = &acts[i]};
        kit_now += 31 * MINUTE;
        if (money_ready(acts[i].deed))
            money_do(kit, &task, 1);
    }
    foreign_find(kit);
}

void money_open(struct money_kit *kit) {
    *kit = (struct money_kit){0};
    kit_now = INT64_C(1795400000000);
    kit_open(&kit->kit);
    servers_start(kit);
    for (size_t w = 0; w <= MONEY_WORLDS; w++) {
        kit->world[w].limits = &money_limits[w % MONEY_LIMITS];
        operator_add(kit, w);
    }
    foreign_make(kit);
}

static void servers_stop(struct money_kit *kit) {
    for (int i = 0; i < MONEY_SERVERS; i++)
        if (kit->servers[i])
            committer_stop(kit->servers[i]);
    memset(kit->servers, 0, sizeof kit->servers);
}

void money_restart(struct money_kit *kit) {
    servers_stop(kit);
    kit_restart(&kit->kit);
    servers_start(kit);
}

void money_attach(struct money_kit *kit, const char *where) {
    static const uint8_t master[32] = {7};
    char why[256] = "";
    *kit = (struct money_kit){.kit = {.engine = engine_of(where)}};
    snprintf(kit->kit.where, sizeof kit->kit.where, "%s", where);
    secret_derive(master, &kit->kit.secrets);
    struct committer_settings settings = {.engine = kit->kit.engine,
                                          .where = kit->kit.where,
                                          .secrets = &kit->kit.secrets,
                                          .now = standing_clock,
                                          .queue_limit = 4096};
    kit->kit.committer = committer_start(&settings, why);
    kit->kit.reader = kit->kit.engine->open(where, &kit->kit.secrets, true, why);
    if (!kit->kit.committer || !kit->kit.reader) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    servers_start(kit);
    for (size_t w = 0; w <= MONEY_WORLDS; w++)
        world_find(kit, w);
    foreign_find(kit);
}

void money_detach(struct money_kit *kit) {
    servers_stop(kit);
    committer_stop(kit->kit.committer);
    kit->kit.engine->close(kit->kit.reader);
}

void money_close(struct money_kit *kit) {
    servers_stop(kit);
    kit_close(&kit->kit);
}

/* --- reading --- */

struct read_line {
    struct line line;
    struct closure closure;
    struct settlement settlement;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    struct refund refunds[REFUNDS_A_CLOSURE];
};

static void refund_note(struct money_world *world, int line, const struct refund *row,
                        struct money_books *books) {
    size_t at = 0;
    while (at < world->refunds && world->refund[at] != row->id)
        at++;
    assert(at < MONEY_REFUNDS);
    world->refund[at] = row->id;
    world->payee[at] = row->payee;
    world->refunds = at < world->refunds ? world->refunds : at + 1;
    books->refund[at] = (struct money_refund){.line = line,
                                              .state = row->state,
                                              .amount = row->amount_minor,
                                              .fee = row->fee_minor,
                                              .online = row->online_minor};
}

static void line_note(struct money_world *world, int i, const struct read_line *read,
                      struct money_books *books) {
    struct money_line *line = &books->line[i];
    line->online = read->line.online_minor;
    line->stage = read->line.state == LINE_CLOSED ? STAGE_CLOSED
                  : !read->line.closure           ? STAGE_OPEN
                  : read->closure.executing_at    ? STAGE_EXECUTING
                                                  : STAGE_SUBMITTED;
    bool present = read->closure.id == read->line.closure; /* not one that was withdrawn */
    if (present && (line->stage == STAGE_SUBMITTED || line->stage == STAGE_EXECUTING)) {
        line->choice = read->settlement.choice;
        line->leave = read->settlement.leave_minor;
    }
    for (int k = 0; k < LEDGERS_A_LINE && read->ledgers[k].id; k++) {
        const struct ledger_account *account = &read->ledgers[k];
        bool own = account->kind == LEDGER_PAID || account->kind == LEDGER_PROMOTIONAL;
        *(account->kind == LEDGER_PAID          ? &line->paid
          : account->kind == LEDGER_PROMOTIONAL ? &line->promotional
                                                : &line->unclaimed) += account->balance;
        if (account->shut_at && account->balance)
            books->shut += account->balance;
        if (own && (line->stage == STAGE_CLOSED) != (account->shut_at != 0))
            books->shut++; /* open after the closing, or shut before */
    }
    for (int k = REFUNDS_A_CLOSURE - 1; k >= 0; k--)
        if (read->refunds[k].id)
            refund_note(world, i, &read->refunds[k], books);
}

static void read_sums(struct money_kit *kit, struct money_books books[MONEY_WORLDS]) {
    static int64_t rows[MONEY_WORLDS * LEDGER_KIND_COUNT * 3];
    char sql[320];
    snprintf(
        sql, sizeof sql,
        "SELECT operator, (SELECT kind FROM ledger_account a WHERE a.id = p.account) AS kind, "
        "CAST(sum(amount) AS BIGINT) FROM posting p WHERE id > %lld AND at >= %lld GROUP BY 1, "
        "2",
        (long long)kit->after, (long long)kit->since);
    size_t count = kit_numbers(&kit->kit, sql, 3, rows, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < count; i += 3)
        for (size_t w = 0; w < MONEY_WORLDS; w++)
            if (kit->world[w].operator== rows[i])
                books[w].sum[rows[i + 1]] = rows[i + 2];
}

void money_read(struct money_kit *kit, struct money_books books[MONEY_WORLDS]) {
    enum { WANTS = 5, LINES = MONEY_WORLDS * MONEY_LINES };
    static struct read_line lines[LINES];
    static struct key of_line[LINES], of_closure[LINES];
    static struct want wants[LINES * WANTS];
    size_t count = 0;
    memset(lines, 0, sizeof lines);
    memset(books, 0, MONEY_WORLDS * sizeof *books);
    for (size_t i = 0; i < LINES; i++) {
        const struct money_world *world = &kit->world[i / MONEY_LINES];
        of_line[i] = (struct key){.id = world->line[i % MONEY_LINES], .operator= world->operator};
        of_closure[i] =
            (struct key){.id = world->closure[i % MONEY_LINES], .operator= world->operator};
        wants[count++] = (struct want){LINE_BY_ID, &of_line[i], &lines[i].line, 1, 0, 0, false};
        wants[count++] = (struct want){
            LEDGER_OF_LINE, &of_line[i], lines[i].ledgers, LEDGERS_A_LINE, 0, 0, false};
        if (!of_closure[i].id)
            continue;
        wants[count++] =
            (struct want){CLOSURE_BY_ID, &of_closure[i], &lines[i].closure, 1, 0, 0, false};
        wants[count++] =
            (struct want){SETTLEMENT_BY_ID, &of_closure[i], &lines[i].settlement, 1, 0, 0, false};
        wants[count++] = (struct want){
            REFUNDS_OF_CLOSURE, &of_closure[i], lines[i].refunds, REFUNDS_A_CLOSURE, 0, 0, false};
    }
    if (kit->kit.engine->read(kit->kit.reader, wants, count) != STORE_OK)
        abort();
    for (size_t i = 0; i < LINES; i++)
        line_note(&kit->world[i / MONEY_LINES], (int)(i % MONEY_LINES), &lines[i],
                  &books[i / MONEY_LINES]);
    for (size_t w = 0; w < MONEY_WORLDS; w++)
        books[w].refunds = kit->world[w].refunds;
    read_sums(kit, books);
}

bool money_verified(struct money_kit *kit, char why[160]) {
    struct ledger_check check;
    int64_t apart = kit_number(
        &kit->kit,
        "SELECT count(*) FROM ledger_account a LEFT JOIN (SELECT account, sum(amount) AS "
        "posted FROM posting GROUP BY account) AS p ON p.account = a.id WHERE a.line <> 0 "
        "AND a.balance <> coalesce(p.posted, 0)");
    if (ledger_verify(kit->kit.engine, kit->kit.reader, LEDGER_MEMORY, &check) != STORE_OK)
        abort();
    snprintf(why, 160, "%lld balances differ; difference %d, kind %lld: %lld, not %lld, by %s",
             (long long)apart, (int)check.first.wrong, (long long)check.first.kind,
             (long long)check.first.found, (long long)check.first.expected, check.verb);
    return !apart && !check.full && check.first.wrong == AUDIT_GOOD;
}
