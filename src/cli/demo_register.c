#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/demo.h"
#include "commands/registration.h"

/* One registration on its way. */
struct registering {
    const struct demo_registering *with;
    const struct demo_person *person;
    int64_t i, operator, step;
    struct job job;
    char holder[TOKEN_TEXT];
    int64_t challenge;
};

static bool run(struct registering *r, const struct verb *verb, void *input) {
    const struct demo_registering *with = r->with;
    uint8_t seed[32];
    r->job = (struct job){.verb = verb, .input = input};
    r->job.actor.kind = ACTOR_ANONYMOUS;
    r->job.actor.operator= r->operator;
    snprintf(r->job.actor.address, sizeof r->job.actor.address, "demo-%lld", (long long)r->i);
    snprintf(r->job.key, sizeof r->job.key, "demo-%lld-%lld", (long long)r->i, (long long)r->step);
    job_fill(&r->job, with->secrets);
    demo_random(with->demo, "registration", r->i * 8 + r->step++, seed);
    memcpy(r->job.seed, seed, sizeof seed);
    r->job.refusal = verb->prepare ? verb->prepare(input, &r->job.actor, with->reader, with->engine,
                                                   with->secrets)
                                   : ACCEPTED;
    return r->job.refusal == ACCEPTED && committer_run(with->committer, &r->job) &&
           r->job.refusal == ACCEPTED;
}

/* The code that the message would bring. */
static bool code_read(struct registering *r, const char *purpose, char code[CODE_TYPED]) {
    struct key key = {.id = r->challenge, .operator= r->operator};
    struct challenge challenge = {0};
    struct want want = {.statement = CHALLENGE_BY_ID, .in = &key, .rows = &challenge, .room = 1};
    char digits[CODE_DIGITS + 1];
    if (r->with->engine->read(r->with->reader, &want, 1) != STORE_OK || !challenge.id)
        return false;
    secret_code(r->with->secrets, purpose, challenge.id, challenge.issue, challenge.nonce, digits);
    memcpy(code, digits, sizeof digits);
    return true;
}

static bool step_start(struct registering *r) {
    struct registration_start in = {0};
    const struct line_import *line = &r->person->line;
    memcpy(in.number, line->number, sizeof in.number);
    memcpy(in.iccid_tail, line->iccid + strlen(line->iccid) - 6, 7);
    memcpy(in.language, line->language, sizeof in.language);
    if (!run(r, &registration_start_verb, &in))
        return false;
    r->challenge = r->job.result;
    snprintf(r->holder, sizeof r->holder, "%.43s", r->job.secret);
    return true;
}

static bool step_prove(struct registering *r) {
    struct registration_prove in = {.challenge = r->challenge};
    memcpy(in.holder, r->holder, sizeof in.holder);
    return code_read(r, REGISTRATION_SMS, in.code) && run(r, &registration_prove_verb, &in);
}

static bool step_contact(struct registering *r) {
    struct registration_contact in = {.challenge = r->challenge};
    memcpy(in.holder, r->holder, sizeof in.holder);
    memcpy(in.email, r->person->email, sizeof in.email);
    memcpy(in.password, r->person->password, strlen(r->person->password));
    return run(r, &registration_contact_verb, &in);
}

static bool step_verify(struct registering *r) {
    struct registration_verify in = {.challenge = r->challenge};
    memcpy(in.holder, r->holder, sizeof in.holder);
    return code_read(r, REGISTRATION_MAIL, in.code) && run(r, &registration_verify_verb, &in);
}

bool demo_register(const struct demo_registering *with, int64_t i, const struct demo_person *person,
                   char why[INSTALLATION_WHY]) {
    struct registering *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(why, INSTALLATION_WHY, "out of memory");
        return false;
    }
    r->with = with;
    r->person = person;
    r->i = i;
    r->operator= with->operators[person->operator];
    bool good = step_start(r) && step_prove(r) && step_contact(r) && step_verify(r);
    if (!good)
        snprintf(why, INSTALLATION_WHY, "person %lld cannot register: %s at %s", (long long)i,
                 refusal_about(r->job.refusal)->code, r->job.verb->name);
    explicit_bzero(r, sizeof *r);
    free(r);
    return good;
}
