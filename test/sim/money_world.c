#include "money_world.h"

#include <assert.h>
#include <semaphore.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/verbs.h"
#include "rules/closure_secret.h"
#include "store/internal.h"
#include "web/json.h"

/* --- crowds --- */

static sem_t answered;

static void crowd_answered(struct job *job) {
    (void)job;
    sem_post(&answered);
}

void money_crowd(struct money_kit *kit, struct job *jobs, size_t count) {
    static bool made;
    if (!made)
        sem_init(&answered, 0, 0);
    made = true;
    for (size_t i = 0; i < count; i++) {
        struct committer *server = kit->kit.committer;
        size_t at = i % (1 + MONEY_SERVERS);
        if (at && kit->servers[at - 1])
            server = kit->servers[at - 1];
        jobs[i].answered = crowd_answered;
        if (!committer_submit(server, &jobs[i]))
            abort();
    }
    for (size_t i = 0; i < count; i++)
        while (sem_wait(&answered))
            continue;
}

/* --- a command, as a door would make it of names and texts --- */

struct command {
    struct job job;
    bool asked; /* there is one */
    bool door;  /* it did not get past the door: the answer is in job.refusal */
    alignas(16) unsigned char input[4096];
};

struct asking {
    struct money_kit *kit;
    struct money_task *task;
    int phase;
    char key[40];
    struct command *command;
};

static void ask(struct asking *asking, const char *name, const struct actor *actor,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A retry says what was said first, whatever the world is by now. */
static const char *as_said(struct asking *asking, char text[SAID]) {
    const struct money_act *act = asking->task->act;
    char *said = asking->task->world->said[act->key];
    if (asking->phase || money_keyless(act->deed))
        return text;
    if (!said[0])
        memcpy(said, text, SAID);
    return said;
}

static void ask(struct asking *asking, const char *name, const struct actor *actor,
                const char *format, ...) {
    struct money_kit *kit = asking->kit;
    struct command *command = asking->command;
    char text[SAID];
    struct arena arena;
    struct params params;
    struct input_fault fault;
    const struct verb *verb = verb_of(name);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(verb && verb->input_size <= sizeof command->input);
    assert(length > 0 && (size_t)length < sizeof text);
    memset(command, 0, sizeof *command);
    command->asked = true;
    command->job = (struct job){.verb = verb, .actor = *actor, .input = command->input};
    command->job.actor.at = kit_now;
    if (actor->kind != ACTOR_SYSTEM)
        snprintf(command->job.key, sizeof command->job.key, "%s", asking->key);
    arena_open(&arena, 1 << 16);
    const char *said = as_said(asking, text);
    if (!params_parse(&arena, said, strlen(said), &params))
        abort();
    if (verb_allowed(verb, actor))
        command->job.refusal = verb_allowed(verb, actor);
    else if (!input_from_form(&arena, verb->input, &params, NULL, command->input, &fault))
        command->job.refusal = REFUSED_INPUT;
    else if (verb->prepare)
        command->job.refusal = verb->prepare(command->input, &command->job.actor, kit->kit.reader,
                                             kit->kit.engine, &kit->kit.secrets);
    if (command->job.refusal == REFUSED_INPUT && fault.why == INPUT_UNKNOWN)
        fprintf(stderr, "%s: %s is unknown\n", name, fault.field);
    command->door = command->job.refusal != ACCEPTED;
    arena_close(&arena);
    job_fill(&command->job, &kit->kit.secrets);
}

/* --- who asks, and about what --- */

static struct actor api(const struct money_world *world) {
    struct actor actor = {.kind = ACTOR_API, .operator= world->operator, .id = 700 };
    snprintf(actor.address, sizeof actor.address, "192.0.2.1");
    snprintf(actor.scopes, sizeof actor.scopes, "credit:write closures:write lines:write");
    return actor;
}

static struct actor system_of(const struct money_world *world) {
    return (struct actor){.kind = ACTOR_SYSTEM, .operator= world->operator};
}

static struct actor staff_of(const struct money_world *world, int who) {
    struct actor actor = {
        .kind = ACTOR_STAFF, .operator= world->operator, .id = world->staff[who] };
    snprintf(actor.scopes, sizeof actor.scopes, "refunds:write");
    return actor;
}

static int64_t line_of(const struct money_kit *kit, const struct money_world *world, int line) {
    return line == MONEY_FOREIGN ? kit->world[MONEY_WORLDS].line[0] : world->line[line];
}

/* What nobody has. */
enum { NOBODYS = 12345 };

static int64_t closure_of(const struct money_kit *kit, const struct money_world *world, int line) {
    int64_t id = line == MONEY_FOREIGN ? kit->world[MONEY_WORLDS].closure[0] : world->closure[line];
    return id ? id : NOBODYS;
}

static int64_t effect_of(struct money_kit *kit, const struct money_world *world, int64_t target,
                         enum effect_kind kind) {
    struct effect rows[32];
    struct key key = {.id = target, .operator= world->operator};
    struct want want = {.statement = EFFECTS_OF_TARGET, .in = &key, .rows = rows, .room = 32};
    memset(rows, 0, sizeof rows);
    if (kit->kit.engine->read(kit->kit.reader, &want, 1) != STORE_OK)
        abort();
    for (size_t i = 0; i < want.count; i++)
        if (rows[i].kind == (int64_t)kind)
            return rows[i].id;
    return NOBODYS;
}

/* --- the deeds --- */

static void charge(struct asking *a) {
    const struct money_act *act = a->task->act;
    struct actor actor = api(a->task->world);
    static const char *const verbs[] = {[DO_TOP_UP] = "credit.top_up",
                                        [DO_SPEND] = "credit.spend",
                                        [DO_SPEND_PROMOTIONAL] = "credit.spend",
                                        [DO_GRANT] = "credit.grant"};
    const char *more = act->deed == DO_TOP_UP ? act->online ? "&channel=online" : "&channel=voucher"
                       : act->deed == DO_SPEND ? "&credit=paid"
                       : act->deed == DO_GRANT ? ""
                                               : "&credit=promotional";
    ask(a, verbs[act->deed], &actor,
        "line=%lld&transaction=t%lld-%d&amount_minor=%lld&currency=HKD&at=2026-01-01T00:00:00Z%s",
        (long long)line_of(a->kit, a->task->world, act->line), (long long)a->kit->since,
        act->transaction, (long long)act->amount, more);
}

static void transfer(struct asking *a) {
    const struct money_act *act = a->task->act;
    struct actor actor = api(a->task->world);
    ask(a, "credit.transfer", &actor,
        "line=%lld&target=%lld&amount_minor=%lld&fee_minor=%lld&language=en",
        (long long)line_of(a->kit, a->task->world, act->line),
        (long long)line_of(a->kit, a->task->world, act->target), (long long)act->amount,
        (long long)a->task->world->limits->transfer_fee);
}

/* Suspended, read back, and working again. */
static void fee(struct asking *a) {
    struct money_world *world = a->task->world;
    struct actor key = api(world), system = system_of(world);
    long long line = (long long)line_of(a->kit, world, a->task->act->line);
    bool bar = a->phase == 1;
    if (a->phase == 0) {
        ask(a, "line.suspend", &key, "line=%lld&fee_minor=%lld&language=en", line,
            (long long)world->limits->suspension_fee);
    } else if (a->phase == 2) {
        ask(a, "line.reactivate", &key, "line=%lld&document_type=hkid&document=%s", line,
            world->document);
    } else {
        char sql[96];
        snprintf(sql, sizeof sql, "SELECT id FROM suspension WHERE ended_at = 0 AND line = %lld",
                 line);
        if (bar)
            world->suspension = kit_number(&a->kit->kit, sql);
        ask(a, "network.switch", &system,
            "suspension=%lld&line=%lld&effect=%lld&outcome=%d&text=read",
            (long long)world->suspension, line,
            (long long)effect_of(a->kit, world, world->suspension,
                                 bar ? EFFECT_NETWORK_BAR : EFFECT_NETWORK_UNBAR),
            (int)SWITCHED);
    }
}

static void confirm(struct asking *a, int64_t id) {
    struct closure closure = {0};
    char link[TOKEN_TEXT];
    struct actor actor = api(a->task->world);
    struct key key = {.id = id, .operator= a->task->world->operator};
    struct want want = {.statement = CLOSURE_BY_ID, .in = &key, .rows = &closure, .room = 1};
    if (a->kit->kit.engine->read(a->kit->kit.reader, &want, 1) != STORE_OK)
        abort();
    closure_link(&a->kit->kit.secrets, &closure, closure.confirm_issue, link);
    ask(a, "closure.confirm", &actor, "closure=%lld&secret=%s", (long long)id, link);
}

static void submit(struct asking *a) {
    struct money_world *world = a->task->world;
    struct actor actor = api(world);
    int line = a->task->act->line;
    if (a->phase == 0)
        ask(a, "closure.submit", &actor, "line=%lld&document_type=hkid&document=%s&language=en",
            (long long)line_of(a->kit, world, line), world->document);
    else
        confirm(a, a->task->answer.result); /* of a retry too: not the line's latest */
}

static void closing(struct asking *a) {
    struct money_world *world = a->task->world;
    const struct money_act *act = a->task->act;
    struct actor key = api(world), system = system_of(world);
    long long id = (long long)closure_of(a->kit, world, act->line);
    long long line = (long long)line_of(a->kit, world, act->line);
    if (act->deed == DO_WITHDRAW)
        ask(a, "closure.withdraw", &key, "closure=%lld", id);
    else if (act->deed == DO_CUT)
        ask(a, "network.cut", &system, "closure=%lld&line=%lld&effect=%lld&evidence=gone", id, line,
            (long long)effect_of(a->kit, world, id, EFFECT_NETWORK_CUT));
    else /* DO_TIMER */
        ask(a, "closure.advance", &system, "closure=%lld&line=%lld", id, line);
}

/* Where credit is to go: chosen before the line is cut, claimed afterwards. */
static void where(struct asking *a) {
    const struct money_act *act = a->task->act;
    struct money_world *world = a->task->world;
    struct actor key = api(world);
    char way[96] = "none";
    if (act->choice == CHOICE_REFUND)
        snprintf(way, sizeof way, "refund&way=hkid_proxy");
    else if (act->choice == CHOICE_TRANSFER)
        snprintf(way, sizeof way, "transfer&target=%lld",
                 (long long)line_of(a->kit, world, act->target));
    else if (act->choice == CHOICE_LEAVE && act->deed == DO_CHOOSE)
        snprintf(way, sizeof way, "leave&leave_minor=%lld", (long long)act->amount);
    else if (act->choice == CHOICE_LEAVE)
        snprintf(way, sizeof way, "leave");
    long long id = (long long)closure_of(a->kit, world, act->line);
    if (act->deed == DO_CHOOSE)
        ask(a, "credit.choose", &key, "closure=%lld&choice=%s", id, way);
    else
        ask(a, "credit.claim", &key,
            "closure=%lld&document_type=hkid&document=%s&language=en&choice=%s", id,
            world->document, way);
}

/* Both are staff; whoever asked for a refund was the integrator. */
static void refunding(struct asking *a) {
    const struct money_act *act = a->task->act;
    const struct money_world *world =
        act->refund == MONEY_FOREIGN ? &a->kit->world[MONEY_WORLDS] : a->task->world;
    size_t at = act->refund == MONEY_FOREIGN ? 0 : (size_t)act->refund;
    long long id = (long long)(world->refund[at] ? world->refund[at] : NOBODYS);
    struct actor staff = staff_of(a->task->world, act->who), key = api(a->task->world);
    switch (act->deed) {
    case DO_APPROVE:
        ask(a, "refund.approve", &staff, "refund=%lld&payee=%lld", id,
            (long long)(world->payee[at] ? world->payee[at] : NOBODYS));
        break;
    case DO_REJECT:
        ask(a, "refund.reject", &staff, "refund=%lld&reason=fraud", id);
        break;
    case DO_PAY:
        ask(a, "refund.pay", &staff, "refund=%lld&evidence=told%%20by%%20the%%20bank", id);
        break;
    case DO_RETURN:
        ask(a, "refund.return", &staff, "refund=%lld&reason=account", id);
        break;
    default: /* DO_CORRECT */
        ask(a, "refund.correct", &key,
            "refund=%lld&document_type=hkid&document=%s&way=bank&bank=012&branch=345&number=67%06d"
            "&name=CHAN%%20Tai%%20Man",
            id, a->task->world->document, act->key);
    }
}

typedef void asker(struct asking *asking);

static asker *const deeds[DEED_COUNT] = {
    [DO_FEE] = fee,           [DO_SUBMIT] = submit,
    [DO_WITHDRAW] = closing,  [DO_CUT] = closing,
    [DO_TIMER] = closing,     [DO_TOP_UP] = charge,
    [DO_SPEND] = charge,      [DO_SPEND_PROMOTIONAL] = charge,
    [DO_GRANT] = charge,      [DO_TRANSFER] = transfer,
    [DO_CHOOSE] = where,      [DO_CLAIM] = where,
    [DO_APPROVE] = refunding, [DO_REJECT] = refunding,
    [DO_PAY] = refunding,     [DO_RETURN] = refunding,
    [DO_CORRECT] = refunding,
};
static const int phases[DEED_COUNT] = {[DO_FEE] = 4, [DO_SUBMIT] = 2};
static const char *const needed[DEED_COUNT] = {[DO_TOP_UP] = "credit.top_up",
                                               [DO_SPEND] = "credit.spend",
                                               [DO_SPEND_PROMOTIONAL] = "credit.spend",
                                               [DO_GRANT] = "credit.grant",
                                               [DO_TRANSFER] = "credit.transfer",
                                               [DO_APPROVE] = "refund.approve",
                                               [DO_REJECT] = "refund.reject",
                                               [DO_PAY] = "refund.pay",
                                               [DO_RETURN] = "refund.return",
                                               [DO_CORRECT] = "refund.correct",
                                               [DO_CHOOSE] = "credit.choose",
                                               [DO_CLAIM] = "credit.claim",
                                               [DO_TIMER] = "credit.choose",
                                               [DO_CUT] = "credit.choose"};

bool money_ready(enum money_deed deed) {
    return deeds[deed] && (!needed[deed] || verb_of(needed[deed]));
}

/* --- doing them --- */

static void note(struct money_task *task, int phase, const struct command *command) {
    const struct job *job = &command->job;
    if (job->down)
        abort();
    if (phase == 0)
        task->answer =
            (struct money_answer){job->refusal, job->refusal ? 0 : job->result, job->replayed};
    else if (job->refusal) {
        fprintf(stderr, "%s, then %s: %s\n", money_deed_name(task->act->deed), job->verb->name,
                refusal_about(job->refusal)->code);
        abort();
    }
    int64_t *made = &task->world->made[task->act->key];
    if (task->act->deed == DO_SUBMIT && phase == 0 && !job->refusal && !*made)
        task->world->closure[task->act->line] = *made = job->result;
}

static bool goes_on(const struct money_task *task, int phase) {
    int last = phases[task->act->deed] ? phases[task->act->deed] : 1;
    bool again = task->answer.replayed && task->act->deed == DO_FEE;
    return phase == 0 || (phase < last && !task->answer.refusal && !again);
}

void money_do(struct money_kit *kit, struct money_task *tasks, size_t count) {
    enum { TASKS = MONEY_WORLDS * MONEY_BURST };
    static struct command commands[TASKS];
    static struct job jobs[TASKS];
    assert(count <= TASKS);
    for (int phase = 0; phase < MONEY_PHASES; phase++) {
        size_t crowd = 0;
        for (size_t i = 0; i < count; i++) {
            struct asking asking = {kit, &tasks[i], phase, "", &commands[i]};
            snprintf(asking.key, sizeof asking.key, "%lld-%d-%d", (long long)kit->since,
                     tasks[i].act->key, phase);
            commands[i].asked = false;
            if (goes_on(&tasks[i], phase))
                deeds[tasks[i].act->deed](&asking);
            if (commands[i].asked && !commands[i].door)
                jobs[crowd++] = commands[i].job;
        }
        money_crowd(kit, jobs, crowd);
        for (size_t i = 0, at = 0; i < count; i++) {
            if (commands[i].asked && !commands[i].door)
                commands[i].job = jobs[at++];
            if (commands[i].asked)
                note(&tasks[i], phase, &commands[i]);
        }
    }
}
