#include "store/committer_batch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/rows.h"

enum { REMEMBER_DAYS = 30, MS_A_DAY = 24 * 60 * 60 * 1000, MS_A_MINUTE = 60 * 1000 };

/* What the batch changed, as a set of (table, id). */
static uint64_t touch_mark(enum table table, int64_t id) {
    uint64_t x = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)table << 57;
    x ^= x >> 29;
    return x ? x : 1;
}

static bool touched(const struct batch *batch, enum table table, int64_t id) {
    uint64_t mark = touch_mark(table, id);
    for (size_t i = mark % TOUCHED; batch->touched[i]; i = (i + 1) % TOUCHED)
        if (batch->touched[i] == mark)
            return true;
    return false;
}

/* False when the set is half full: then what follows waits for the next batch. */
static bool touch(struct batch *batch, enum table table, int64_t id) {
    if (batch->touched_count >= TOUCHED / 2)
        return false;
    uint64_t mark = touch_mark(table, id);
    size_t i = mark % TOUCHED;
    while (batch->touched[i] && batch->touched[i] != mark)
        i = (i + 1) % TOUCHED;
    if (!batch->touched[i])
        batch->slots[batch->touched_count++] = (uint16_t)i;
    batch->touched[i] = mark;
    return true;
}

static bool load_job(struct batch *batch, struct deciding *d) {
    struct job *job = d->job;
    const struct verb *verb = job->verb;
    struct load load = {.arena = &batch->arena,
                        .actor = &job->actor,
                        .secrets = batch->settings->secrets,
                        .holds = job->holds,
                        .wants = batch->wants + batch->want_count,
                        .room = BATCH_WANTS - batch->want_count};
    d->first_want = batch->want_count;
    if (job->refused)
        return true;
    d->rows = arena_take(&batch->arena, verb->rows_size ? verb->rows_size : 1);
    if (!d->rows)
        return false;
    if (job->key[0] && !verb->secret) {
        int64_t id = remembered_id(load.secrets, &job->actor, verb->name, job->key);
        struct key key = {.id = id, .operator= job->actor.operator};
        want_one(&load, REMEMBERED_BY_ID, &key, id, &d->remembered);
    }
    if (verb->load)
        verb->load(&load, job->input, d->rows);
    d->want_count = load.count;
    batch->want_count += load.count;
    return !load.failed;
}

/* The key that an unchecked job bears, among the batch's own rows and not the job's: it is the same
 * one for many, and who changes it need not wait for them. */
static bool api_key_want(struct batch *batch, struct deciding *d) {
    const struct actor *actor = &d->job->actor;
    size_t i = 0;
    if (!d->job->unchecked)
        return true;
    while (i < batch->api_key_count && (batch->api_keys_asked[i].id != actor->id ||
                                        batch->api_keys_asked[i].operator!= actor->operator))
        i++;
    d->api_key = &batch->api_keys[i];
    if (i < batch->api_key_count)
        return true;
    if (batch->want_count == BATCH_WANTS)
        return false;
    batch->api_keys[i] = (struct api_key){.id = 0};
    batch->api_keys_asked[i] = (struct key){.id = actor->id, .operator= actor->operator};
    batch->wants[batch->want_count++] = (struct want){.statement = API_KEY_BY_ID,
                                                      .in = &batch->api_keys_asked[i],
                                                      .rows = &batch->api_keys[i],
                                                      .room = 1};
    batch->api_key_count++;
    return true;
}

/* A lookup by a secret text is a row of its own kind: whoever finds nothing there and adds it, and
 * whoever counts what hangs on it, must not be decided beside another one. 0: it is none. */
static int64_t lookup_id(const struct want *want) {
    const struct field *fields = statement_of(want->statement)->in;
    for (size_t i = 0; fields[i].name; i++) {
        if (fields[i].kind != FIELD_LOOKUP)
            continue;
        const struct key *key = want->in;
        char text[640];
        uint8_t hash[HASH_BYTES];
        static const uint8_t none[32] = {0};
        int64_t id;
        int length = snprintf(text, sizeof text, "%lld:%s:%s", (long long)key->operator,
                              fields[i].name, (const char *)want->in + fields[i].offset);
        assert(length > 0 && (size_t)length < sizeof text);
        secret_hash(none, text, (size_t)length, hash);
        memcpy(&id, hash, sizeof id);
        explicit_bzero(text, sizeof text);
        return id ? id : 1;
    }
    return 0;
}

/* Calls each (table, id) that the job read; stops when it returns true. */
static bool each_read(struct batch *batch, const struct deciding *d,
                      bool (*call)(struct batch *, enum table, int64_t)) {
    for (size_t i = d->first_want; i < d->first_want + d->want_count; i++) {
        const struct want *want = &batch->wants[i];
        const struct statement *about = statement_of(want->statement);
        if (want->statement == LEDGER_SHARED) /* never changed: they are summed, not stored */
            continue;
        int64_t lookup = lookup_id(want);
        if (lookup && call(batch, TABLE_NONE, lookup))
            return true;
        if (want->key && call(batch, about->table, want->key))
            return true;
        for (size_t k = 0; k < want->count; k++) {
            int64_t id;
            memcpy(&id, (const char *)want->rows + k * about->out_size, sizeof id);
            if (id != want->key && call(batch, about->table, id))
                return true;
        }
    }
    return false;
}

static bool is_touched(struct batch *batch, enum table table, int64_t id) {
    return touched(batch, table, id);
}

static bool do_touch(struct batch *batch, enum table table, int64_t id) {
    return !touch(batch, table, id);
}

/* A command that changes something claims what its lists hang on: the lines it locked, the
 * subscribers it saw, the texts it looked up. Two that each add to what the other counted would
 * otherwise both stand (a person's cap of lines, "is this the last line?"). */
static void claim(struct batch *batch, const struct deciding *d) {
    for (size_t i = d->first_want; i < d->first_want + d->want_count; i++) {
        const struct want *want = &batch->wants[i];
        const struct statement *about = statement_of(want->statement);
        int64_t lookup = lookup_id(want);
        if (lookup)
            touch(batch, TABLE_NONE, lookup);
        if (want->lock && about->table == TABLE_LINE)
            touch(batch, about->table, want->key);
        for (size_t k = 0; about->table == TABLE_SUBSCRIBER && k < want->count; k++) {
            int64_t id;
            memcpy(&id, (const char *)want->rows + k * about->out_size, sizeof id);
            touch(batch, TABLE_SUBSCRIBER, id);
        }
    }
}

/* It is decided in the next batch, with the rows that it asked for; what it asked by name keeps its
 * turn until then. Asked for again and again it is given up: somebody always was quicker. */
static void hold(struct batch *batch, struct deciding *d) {
    struct job *job = d->job;
    assert(!d->out.count && !d->out.made);
    for (size_t i = d->first_want; i < d->first_want + d->want_count; i++)
        if (batch->wants[i].key)
            touch(batch, statement_of(batch->wants[i].statement)->table, batch->wants[i].key);
    claim(batch, d);
    job->holds = d->out.holds;
    d->deferred = ++job->hold_tries < HOLD_TRIES;
    job->down = !d->deferred;
}

static bool put(struct batch *batch, enum statement_id statement, const void *row) {
    size_t size = statement_of(statement)->in_size;
    void *copy = arena_take(&batch->arena, size);
    if (!copy || batch->change_count == BATCH_CHANGES)
        return false;
    memcpy(copy, row, size);
    batch->changes[batch->change_count++] = (struct change){statement, copy};
    return true;
}

/* The key remembers the refusal code and the id, never the answer's text. What an unknown person
 * was refused is not kept: the next try may bear the same key. */
static bool remember(struct batch *batch, const struct deciding *d) {
    const struct job *job = d->job;
    if (!job->key[0] || job->verb->secret ||
        (job->refusal != ACCEPTED && job->actor.kind == ACTOR_ANONYMOUS))
        return true;
    struct remembered row = {
        .id = remembered_id(batch->settings->secrets, &job->actor, job->verb->name, job->key),
        .operator= job->actor.operator,
        .refusal = job->refusal,
        .result = job->result,
        .at = batch->now,
        .keep_until = job->verb->money ? 0 : batch->now + (int64_t)REMEMBER_DAYS * MS_A_DAY};
    secret_hash(batch->settings->secrets->idempotency, job->key, strlen(job->key), row.key);
    memcpy(row.body, job->body, sizeof row.body);
    touch(batch, TABLE_REMEMBERED, row.id);
    return put(batch, REMEMBERED_ADD, &row);
}

/* Many of the same minute are one row. */
static bool count_refusal(struct batch *batch, const struct job *job, const char *code) {
    struct refusal_count row = {.operator= job->actor.operator,
                                .minute = batch->now / MS_A_MINUTE,
                                .chain = batch->head.id,
                                .count = 1};
    snprintf(row.verb, sizeof row.verb, "%s", job->verb->name);
    snprintf(row.refusal, sizeof row.refusal, "%s", code);
    for (size_t i = 0; i < batch->counted; i++) {
        struct refusal_count *there = batch->counts[i];
        if (there->operator== row.operator&& strcmp(there->verb, row.verb) == 0 &&
            strcmp(there->refusal, row.refusal) == 0) {
            there->count++;
            return true;
        }
    }
    if (!put(batch, REFUSAL_COUNT_ADD, &row))
        return false;
    batch->counts[batch->counted++] =
        (struct refusal_count *)batch->changes[batch->change_count - 1].row; /* put's own copy */
    return true;
}

/* Every accepted command and every refusal after authentication is in the chain; refusals of people
 * nobody knows are counted by the minute; a timer that found nothing to do leaves no trace, but
 * its fault does. */
static bool journal(struct batch *batch, const struct deciding *d) {
    const struct job *job = d->job;
    const char *code = job->refusal ? refusal_about(job->refusal)->code : "";
    if (job->refusal && job->refusal != REFUSED_BROKEN && job->actor.kind == ACTOR_SYSTEM &&
        !d->out.count)
        return true;
    if (job->refusal && job->actor.kind == ACTOR_ANONYMOUS && !d->out.made)
        return count_refusal(batch, job, code);
    struct journal_entry entry = {.id = d->out.entry,
                                  .chain = batch->head.id,
                                  .seq = batch->head.seq + 1,
                                  .at = batch->now,
                                  .operator= job->actor.operator,
                                  .actor_kind = job->actor.kind,
                                  .actor = job->actor.id,
                                  .subject = d->out.subject,
                                  .result = job->result};
    snprintf(entry.verb, sizeof entry.verb, "%s", job->verb->name);
    snprintf(entry.refusal, sizeof entry.refusal, "%s", code);
    journal_append(batch->settings->secrets, &batch->head, &entry);
    return put(batch, JOURNAL_ADD, &entry);
}

static void outcome_open(struct batch *batch, struct deciding *d) {
    const struct job *job = d->job;
    d->out = (struct outcome){
        .now = batch->now,
        .actor = &job->actor,
        .tenant = tenant_find(batch->tenants, job->actor.operator),
        .tenants = batch->tenants ? batch->tenants->tenants : NULL,
        .tenant_count = batch->tenants ? batch->tenants->count : 0,
        .secrets = batch->settings->secrets,
        .site = batch->settings->site,
        .demo = batch->demo,
        .arena = &batch->arena,
        .entry = journal_id(batch->head.id, batch->head.seq + 1),
        .changes = arena_take(&batch->arena, sizeof(struct change) * OUTCOME_CHANGES),
        .room = OUTCOME_CHANGES,
    };
    memcpy(d->out.seed, job->seed, sizeof d->out.seed);
    d->out.drawn = batch->tries << 32; /* a reference that was taken is not drawn again */
    const struct tenant *tenant = d->out.tenant;
    if (tenant && tenant->policy_count) {
        d->out.policy = policy_effective(tenant->policies, tenant->policy_count, batch->now);
        if (d->out.policy)
            d->out.policy_id = d->out.policy->id;
    }
}

/* What the key remembered is the answer; another body under it is refused. */
static bool answered_before(struct batch *batch, struct deciding *d) {
    struct job *job = d->job;
    uint8_t key[HASH_BYTES];
    if (!d->remembered.id)
        return false;
    secret_hash(batch->settings->secrets->idempotency, job->key, strlen(job->key), key);
    bool same = memcmp(key, d->remembered.key, sizeof key) == 0 &&
                memcmp(job->body, d->remembered.body, sizeof job->body) == 0;
    job->refusal = same ? (enum refusal)d->remembered.refusal : REFUSED_KEY_REUSED;
    job->result = same ? d->remembered.result : 0;
    job->replayed = true;
    return true;
}

/* False when the decision cannot be kept whole: the batch is broken and will be split. */
static bool decide_job(struct batch *batch, struct deciding *d) {
    struct job *job = d->job;
    job->at = batch->now;
    job->replayed = job->down = false;
    if (d->api_key && (!d->api_key->id || d->api_key->revoked_at)) {
        job->refusal = REFUSED_NOT_SIGNED_IN;
        job->result = 0;
        explicit_bzero(job->secret, sizeof job->secret); /* of a try before */
        return true;
    }
    bool before = answered_before(batch, d);
    if (before && job->refusal != REFUSED_KEY_REUSED)
        return true; /* its entry was written the first time */
    outcome_open(batch, d);
    if (!d->out.changes)
        return false;
    if (job->refused) {
        job->refusal = job->refused;
        job->result = 0;
    }
    if (before || job->refused)
        return journal(batch, d);
    job->refusal = job->verb->decide(&d->out, job->input, d->rows);
    if (d->out.again) {
        hold(batch, d);
        return true;
    }
    job->result = d->out.result;
    memcpy(job->secret, d->out.secret, sizeof job->secret);
    assert(job->refusal >= ACCEPTED && job->refusal < REFUSAL_COUNT);
    assert(d->out.balance == 0 || d->out.failed); /* money moves in balanced entries */
    if (d->out.failed || batch->change_count + d->out.count > BATCH_CHANGES)
        return false;
    for (size_t i = 0; i < d->out.count; i++) {
        const struct change *change = &d->out.changes[i];
        int64_t id;
        memcpy(&id, change->row, sizeof id);
        touch(batch, statement_of(change->statement)->table, id);
        batch->renewed |= change->statement == RULES_VERSION_PUT;
        batch->changes[batch->change_count++] = *change;
    }
    if (d->out.count)
        claim(batch, d);
    batch->effects |= d->out.effects;
    return journal(batch, d) && remember(batch, d);
}

/* A clock that steps back stands still, for all workers and from what the journal knows. */
static int64_t batch_time(struct batch *batch) {
    int64_t now = batch->settings->now(), latest = atomic_load(batch->latest);
    while (now > latest)
        if (atomic_compare_exchange_weak(batch->latest, &latest, now))
            return now;
    return latest;
}

static void batch_reset(struct batch *batch) {
    arena_empty(&batch->arena);
    for (size_t i = 0; i < batch->touched_count; i++)
        batch->touched[batch->slots[i]] = 0;
    batch->api_key_count = 0;
    batch->want_count = batch->change_count = batch->touched_count = batch->counted = 0;
    batch->renewed = batch->outdated = batch->effects = false;
    batch->head_before = batch->head;
    batch->now = batch_time(batch);
    int64_t since = batch->now - batch->checked_at;
    batch->checking = !batch->checked_at || since >= MS_A_MINUTE;
}

/* What every batch reads beside its jobs' rows: are the rules still those that it knows; and now
 * and then where all chains end. */
static void batch_wants(struct batch *batch) {
    batch->rules = (struct rules_version){0};
    batch->rules_key = (struct key){.id = 1};
    batch->wants[batch->want_count++] = (struct want){.statement = RULES_VERSION_BY_ID,
                                                      .in = &batch->rules_key,
                                                      .rows = &batch->rules,
                                                      .room = 1};
    if (!batch->checking)
        return;
    memset(batch->chains, 0, sizeof batch->chains);
    batch->wants[batch->want_count++] = (struct want){
        .statement = CHAIN_LIST, .in = &batch->chains_key, .rows = batch->chains, .room = CHAINS};
}

/* Names in this chain where the others end, so that none of them can be taken away unseen. */
static bool batch_checkpoint(struct batch *batch) {
    struct checkpoint row;
    if (!batch->checking || batch->head.seq == batch->head_before.seq)
        return true;
    if (!checkpoint_fill(batch->chains, batch->head.id, &row))
        return true; /* it is the only one */
    struct journal_entry entry = {.id = journal_id(batch->head.id, batch->head.seq + 1),
                                  .chain = batch->head.id,
                                  .seq = batch->head.seq + 1,
                                  .at = batch->now,
                                  .actor_kind = ACTOR_SYSTEM,
                                  .verb = CHECKPOINT_VERB};
    row.id = entry.id;
    row.at = entry.at;
    checkpoint_seal(batch->settings->secrets, &row);
    journal_append(batch->settings->secrets, &batch->head, &entry);
    return put(batch, JOURNAL_ADD, &entry) && put(batch, CHECKPOINT_ADD, &row);
}

static enum store_result batch_record(struct batch *batch) {
    enum store_result result = STORE_OK;
    bool entries = batch->head.seq != batch->head_before.seq;
    if (!batch_checkpoint(batch) || (entries && !put(batch, CHAIN_ADD, &batch->head)))
        result = STORE_BROKEN;
    if (result != STORE_OK || !batch->change_count)
        batch->settings->engine->abandon(batch->store);
    else
        result = batch->settings->engine->record(batch->store, batch->changes, batch->change_count);
    if (result != STORE_OK && result != STORE_IN_DOUBT)
        batch->head = batch->head_before;
    if (result == STORE_OK && entries && batch->checking)
        batch->checked_at = batch->now;
    return result;
}

enum store_result batch_run(struct batch *batch) {
    batch_reset(batch);
    batch_wants(batch);
    for (size_t i = 0; i < batch->count; i++) {
        struct deciding *d = &batch->jobs[i];
        *d = (struct deciding){.job = d->job};
        if (!api_key_want(batch, d) || !load_job(batch, d))
            return STORE_BROKEN;
    }
    const struct engine *engine = batch->settings->engine;
    enum store_result result = engine->load(batch->store, batch->wants, batch->want_count);
    if (result != STORE_OK)
        return result;
    batch->outdated = batch->rules.entry != batch->tenants->version;
    if (batch->outdated) {
        engine->abandon(batch->store);
        return STORE_STALE;
    }
    for (size_t i = 0; i < batch->count; i++) {
        struct deciding *d = &batch->jobs[i];
        d->deferred = batch->renewed || batch->touched_count >= TOUCHED / 2 - 2 * OUTCOME_CHANGES ||
                      each_read(batch, d, is_touched);
        if (d->deferred) { /* what waits keeps its turn: nobody overtakes it on its rows */
            each_read(batch, d, do_touch);
        } else if (!decide_job(batch, d)) {
            engine->abandon(batch->store);
            batch->head = batch->head_before;
            return STORE_BROKEN;
        }
    }
    return batch_record(batch);
}

enum store_result batch_fault(struct batch *batch, struct job *job) {
    batch->count = 0;
    batch_reset(batch);
    batch->checking = false;
    struct deciding d = {.job = job};
    outcome_open(batch, &d);
    job->refusal = REFUSED_BROKEN;
    job->result = 0;
    job->replayed = false;
    job->at = batch->now;
    explicit_bzero(job->secret, sizeof job->secret); /* decided, but not kept */
    enum store_result result = batch->settings->engine->load(batch->store, NULL, 0);
    if (result != STORE_OK)
        return result;
    if (!journal(batch, &d)) {
        batch->settings->engine->abandon(batch->store);
        return STORE_BROKEN;
    }
    return batch_record(batch);
}
