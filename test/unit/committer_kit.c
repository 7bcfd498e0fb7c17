#include "committer_kit.h"

#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct deed_rows {
    struct budget budget, other;
    struct subscriber subscriber;
    struct line line, lines[LINES_A_SUBSCRIBER];
    struct contact contacts[CONTACTS_A_LINE];
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
};

static const struct field deed_input[] = {
    INPUT(FIELD_INT, deed, subject, 0, 0, "whose"),
    INPUT(FIELD_INT, deed, limit, 0, 0, "how much"),
    INPUT(FIELD_TEXT, deed, deeds, 0, 15, "what"),
    INPUT(FIELD_TEXT, deed, text, 0, 39, "anything"),
    FIELD_END,
};

const struct actor deed_api = {.kind = ACTOR_API, .operator= 4096, .id = 9};
const struct actor deed_system = {.kind = ACTOR_SYSTEM, .operator= 4096 };
const struct actor deed_nobody = {.kind = ACTOR_ANONYMOUS, .operator= 4096 };

static void deed_load(struct load *load, const void *input, void *rows) {
    const struct deed *in = input;
    struct deed_rows *r = rows;
    if (strpbrk(in->deeds, "ca"))
        want_budget(load, in->subject, &r->budget);
    if (strchr(in->deeds, 'b'))
        want_budget(load, in->limit, &r->other);
    if (strchr(in->deeds, 'l')) {
        want_subscriber_by_document(load, in->text, &r->subscriber);
        want_lines_of_document(load, in->text, r->lines);
    }
    if (strpbrk(in->deeds, "kp"))
        want_line(load, in->subject, &r->line);
    if (strchr(in->deeds, 'k'))
        want_contacts(load, in->subject, r->contacts);
    if (strchr(in->deeds, 'p')) {
        want_ledgers(load, in->subject, r->ledgers);
        want_ledgers_shared(load, r->shared);
    }
}

static void count_up(struct outcome *out, int64_t id, const struct budget *row) {
    struct budget budget = *row;
    budget.id = id;
    budget.operator= out->actor->operator;
    budget.since = out->now;
    budget.step = 1;
    out->result = ++budget.count;
    put_budget(out, &budget);
}

static enum refusal line_add(struct outcome *out, const struct deed *in,
                             const struct deed_rows *r) {
    int64_t has = 0;
    for (size_t i = 0; i < LINES_A_SUBSCRIBER; i++)
        has += r->lines[i].id != 0;
    if (has >= in->limit)
        return REFUSED_CAP;
    struct subscriber subscriber = r->subscriber;
    if (!subscriber.id) {
        subscriber = (struct subscriber){.id = outcome_id(out), .operator= out->actor->operator};
        memcpy(subscriber.document_key, in->text, sizeof in->text);
        add_subscriber(out, &subscriber);
    }
    struct line line = {.id = outcome_id(out),
                        .operator= out->actor->operator,
                        .subscriber = subscriber.id,
                        .state = LINE_ACTIVE};
    snprintf(line.number, sizeof line.number, "%lld", (long long)line.id);
    snprintf(line.iccid, sizeof line.iccid, "%lld", (long long)line.id);
    add_line(out, &line);
    out->result = line.id;
    return ACCEPTED;
}

static void contact_new(struct outcome *out, const struct deed *in, const struct deed_rows *r) {
    struct contact contact = {
        .id = outcome_id(out), .operator= out->actor->operator, .line = in->subject };
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        out->result += r->contacts[i].id != 0;
    add_contact(out, &contact);
}

static enum refusal money_move(struct outcome *out, const struct deed *in,
                               const struct deed_rows *r) {
    struct ledger_account ledgers[LEDGERS_A_LINE], shared[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    memcpy(shared, r->shared, sizeof shared);
    struct ledger_account *paid = ledger_find(ledgers, LEDGER_PAID);
    if (!outcome_post(out, paid, MOVED_TOP_UP, in->limit))
        return REFUSED_AMOUNT;
    out->result = paid->balance;
    bool good = outcome_post(out, ledger_find(shared, LEDGER_OPENING), MOVED_TOP_UP, -in->limit);
    assert(good);
    (void)good;
    return ACCEPTED;
}

static enum refusal deed_one(struct outcome *out, char what, const struct deed *in,
                             const struct deed_rows *r) {
    struct sim sim = {.id = 77, .operator= 1, .iccid = "i", .imsi = "i"};
    struct installation second = {.id = 2};
    switch (what) {
    case 'c':
        count_up(out, in->subject, &r->budget);
        break;
    case 'b':
        count_up(out, in->limit, &r->other);
        break;
    case 'a':
        out->result = r->budget.count;
        break;
    case 'x':
        outcome_put(out, INSTALLATION_ADD, &second); /* CHECK (id = 1) */
        break;
    case 'u':
        add_sim(out, &sim);
        add_sim(out, &sim);
        break;
    case 'm':
        for (int i = 0; i <= OUTCOME_CHANGES; i++)
            count_up(out, in->subject, &r->budget);
        break;
    case 'i':
        for (int i = 0; i < IDS_A_COMMAND; i++)
            outcome_id(out);
        break;
    case 'l':
        return line_add(out, in, r);
    case 'k':
        contact_new(out, in, r);
        break;
    case 'r':
        put_rules(out);
        out->result = (int64_t)(out->tenant ? out->tenant->policy_count : 0);
        break;
    case 't':
        out->result = (int64_t)out->tenant_count;
        break;
    case 'h':
        return outcome_hold(out, 1, 1);
    case 'e':
        outcome_effect(out, EFFECT_RECEIPT, "sms", 1, 1, 0, 0, 0);
        break;
    case 's':
        snprintf(out->secret, sizeof out->secret, "told once");
        break;
    case 'n':
        return REFUSED_NOT_FOUND;
    case 'p':
        return money_move(out, in, r);
    default:
        break;
    }
    return ACCEPTED;
}

static enum refusal deed_decide(struct outcome *out, const void *input, const void *rows) {
    const struct deed *in = input;
    enum refusal refusal = ACCEPTED;
    for (const char *at = in->deeds; *at && !refusal; at++)
        refusal = deed_one(out, *at, in, rows);
    return refusal;
}

#define DEED_VERB                                                                                  \
    .name = "deed.do", .who = ACTOR_API, .input = deed_input, .input_size = sizeof(struct deed),   \
    .rows_size = sizeof(struct deed_rows), .load = deed_load, .decide = deed_decide
const struct verb deed_verb = {DEED_VERB};
const struct verb secret_deed_verb = {DEED_VERB, .secret = true};
const struct verb money_deed_verb = {DEED_VERB, .money = true};

void deed_job(struct kit *kit, struct job *job, struct deed *deed, const struct actor *actor,
              const char *key) {
    *job = (struct job){.verb = &deed_verb, .actor = *actor, .input = deed};
    if (key)
        snprintf(job->key, sizeof job->key, "%s", key);
    job_fill(job, &kit->secrets);
}

enum refusal deed_do(struct kit *kit, const char *deeds, int64_t subject, const char *key,
                     struct job *answer) {
    struct deed deed = {.subject = subject, .limit = 1000};
    struct job own, *job = answer ? answer : &own;
    snprintf(deed.deeds, sizeof deed.deeds, "%s", deeds);
    deed_job(kit, job, &deed, &deed_api, key);
    if (!committer_run(kit->committer, job))
        abort();
    job->input = NULL;
    return job->refusal;
}

int64_t deed_count(struct kit *kit, int64_t subject) {
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT coalesce(sum(count), 0) FROM budget WHERE id = %lld",
             (long long)subject);
    return kit_number(kit, sql);
}

/* --- the crowd --- */

static sem_t inside, opened, answered;
static struct job gate;
static bool gate_up;
static const struct job *places[1024];
static atomic_size_t place;

static enum refusal gate_decide(struct outcome *out, const void *input, const void *rows) {
    (void)out;
    (void)input;
    (void)rows;
    sem_post(&inside);
    while (sem_wait(&opened))
        ;
    return ACCEPTED;
}

static const struct verb gate_verb = {.name = "gate", .decide = gate_decide};

static void gate_done(struct job *job) {
    (void)job;
    sem_post(&answered);
}

void gate_close(struct kit *kit) {
    if (!gate_up) {
        sem_init(&inside, 0, 0);
        sem_init(&opened, 0, 0);
        sem_init(&answered, 0, 0);
        gate_up = true;
    }
    gate = (struct job){.verb = &gate_verb, .actor = deed_api, .answered = gate_done};
    if (!committer_submit(kit->committer, &gate))
        abort();
    while (sem_wait(&inside))
        ;
}

void gate_open(void) {
    sem_post(&opened);
    while (sem_wait(&answered))
        ;
}

static void crowd_answered(struct job *job) {
    size_t at = atomic_fetch_add(&place, 1);
    assert(at < sizeof places / sizeof *places);
    places[at] = job;
    sem_post(&answered);
}

void crowd_run(struct kit *kit, struct job *jobs, size_t count) {
    atomic_store(&place, 0);
    gate_close(kit);
    for (size_t i = 0; i < count; i++) {
        jobs[i].answered = crowd_answered;
        if (!committer_submit(kit->committer, &jobs[i]))
            abort();
    }
    gate_open();
    for (size_t i = 0; i < count; i++)
        while (sem_wait(&answered))
            ;
}

size_t crowd_place(const struct job *job) {
    for (size_t i = 0; i < atomic_load(&place); i++)
        if (places[i] == job)
            return i;
    abort();
}

/* --- the faulty engine --- */

struct faults faults;

static bool strikes(int *fault) {
    bool now = *fault > 0;
    *fault -= now;
    return now;
}

static const struct engine *sound; /* the kit's, that does the work */
struct engine faulty_engine;

static struct store *faulty_open(const char *where, const struct secrets *secrets, bool reading,
                                 char why[256]) {
    faults.opens++;
    if (strikes(&faults.open)) {
        snprintf(why, 256, "put in its way");
        return NULL;
    }
    return sound->open(where, secrets, reading, why);
}

static enum store_result faulty_record(struct store *store, const struct change *changes,
                                       size_t count) {
    faults.records++;
    bool done = strikes(&faults.doubt_done);
    enum store_result result = done                          ? STORE_IN_DOUBT
                               : strikes(&faults.doubt_lost) ? STORE_IN_DOUBT
                               : strikes(&faults.gone)       ? STORE_GONE
                               : strikes(&faults.down)       ? STORE_DOWN
                               : strikes(&faults.stale)      ? STORE_STALE
                                                             : STORE_OK;
    if (result == STORE_OK || done) {
        enum store_result real = sound->record(store, changes, count);
        return result == STORE_OK ? real : result;
    }
    sound->abandon(store);
    return result;
}

static enum store_result faulty_load(struct store *store, struct want *wants, size_t count) {
    return strikes(&faults.gone_load) ? STORE_GONE : sound->load(store, wants, count);
}

static int chain_played = -1;

static int faulty_chain_of(struct store *store) {
    return chain_played < 0 ? sound->chain(store) : chain_played;
}

static bool faulty_over(struct store *store, int chain, int64_t session) {
    if (strikes(&faults.living))
        return false;
    return sound->over(store, chain_played < 0 ? chain : 0, session);
}

void faulty_chain(int chain) {
    chain_played = chain;
}

static enum store_result faulty_read(struct store *store, struct want *wants, size_t count) {
    return strikes(&faults.read) ? STORE_DOWN : sound->read(store, wants, count);
}

static int64_t faulty_clock(void) {
    return kit_now;
}

static void faulty_begin(struct kit *kit, size_t queue_limit, int64_t patience) {
    char why[256] = "";
    struct committer_settings settings = {.engine = &faulty_engine,
                                          .where = kit->where,
                                          .secrets = &kit->secrets,
                                          .now = faulty_clock,
                                          .queue_limit = queue_limit,
                                          .patience = patience};
    sound = kit->engine;
    faulty_engine = *sound;
    faulty_engine.name = "with faults";
    faulty_engine.open = faulty_open;
    faulty_engine.record = faulty_record;
    faulty_engine.read = faulty_read;
    faulty_engine.load = faulty_load;
    faulty_engine.chain = faulty_chain_of;
    faulty_engine.over = faulty_over;
    faults = (struct faults){0};
    committer_stop(kit->committer);
    kit->committer = committer_start(&settings, why);
    if (!kit->committer) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    faults = (struct faults){0};
}

void faulty_start(struct kit *kit, size_t queue_limit) {
    faulty_chain(-1);
    faulty_begin(kit, queue_limit, 0);
}

void faulty_start_as(struct kit *kit, int64_t patience, int chain) {
    faulty_chain(chain);
    faulty_begin(kit, 4096, patience);
}
