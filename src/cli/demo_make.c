/* Fills the demo through the same verbs and the same committer as everything else. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/demo.h"
#include "cli/jobs.h"
#include "commands/api_key.h"
#include "commands/policy.h"
#include "commands/staff.h"

static const char staff_roles[] =
    "lines:read lines:write closures:read effects:read effects:write network:read network:write "
    "identity:read identity:write "
    "refunds:read refunds:write credit:write policy:read journal:read staff:read api_keys:read "
    "certificates:read signing_keys:write";
static const char key_scopes[] =
    "lines:read lines:write closures:read closures:write certificates:read effects:read "
    "effects:write credit:write refunds:read";

struct filling {
    const struct house *house;
    struct demo *demo;
    struct committer *committer;
    struct jobs jobs;
    int64_t operators[DEMO_OPERATORS], now, steps;
    char *why;
    struct {
        struct job job;
        struct line_import input;
    } lines[JOBS_WINDOW];
};

/* One command, waited for. */
static bool run(struct filling *f, const struct verb *verb, void *input, int64_t operator,
                struct job * job) {
    uint8_t seed[32];
    demo_random(f->demo, "step", f->steps++, seed);
    *job = (struct job){.verb = verb, .input = input};
    if (jobs_give(&f->jobs, job, operator, seed))
        jobs_wait(&f->jobs);
    else
        job->refusal = REFUSED_BUSY;
    if (job->refusal)
        snprintf(f->why, INSTALLATION_WHY, "%s was refused: %s", verb->name,
                 refusal_about(job->refusal)->code);
    return job->refusal == ACCEPTED;
}

static bool operator_fill(struct filling *f, int i) {
    struct policy_load *policy = calloc(1, sizeof *policy);
    struct staff_add staff = {.name = "Demo staff"};
    struct api_key_add key = {.name = "demo"};
    struct job job;
    const char *text = demo_policy(i);
    struct passwd found, *is = NULL;
    char names[4096];
    if (!policy || strlen(text) >= sizeof policy->text)
        return false;
    memcpy(policy->text, text, strlen(text) + 1);
    memcpy(policy->operator_code, demo_codes[i], strlen(demo_codes[i]) + 1);
    bool good = run(f, &policy_load_verb, policy, 0, &job);
    free(policy);
    if (!good)
        return false;
    const struct tenants *tenants = committer_tenants(f->committer);
    for (size_t k = 0; k < tenants->count; k++)
        if (strcmp(tenants->tenants[k].code, demo_codes[i]) == 0)
            f->operators[i] = tenants->tenants[k].id;
    committer_tenants_release(f->committer, tenants);
    memcpy(staff.roles, staff_roles, sizeof staff_roles);
    memcpy(key.scopes, key_scopes, sizeof key_scopes);
    /* whoever made the demo is its named person at the terminal */
    if (getpwuid_r(geteuid(), &found, names, sizeof names, &is) == 0 && is &&
        strlen(found.pw_name) < sizeof staff.system_user) {
        memcpy(staff.system_user, found.pw_name, strlen(found.pw_name) + 1);
        if (!run(f, &staff_add_verb, &staff, f->operators[i], &job))
            return false;
    }
    if (!run(f, &api_key_add_verb, &key, f->operators[i], &job))
        return false;
    if (i == 0)
        snprintf(f->demo->api_key, sizeof f->demo->api_key, "%.63s", job.secret);
    return true;
}

static bool lines_fill(struct filling *f) {
    struct demo_person person;
    for (int64_t i = 0; i < f->demo->lines;) {
        size_t count = 0;
        for (; i < f->demo->lines && count < JOBS_WINDOW; i++, count++) {
            demo_person_make(f->demo, i, f->now, &person);
            struct job *job = &f->lines[count].job;
            f->lines[count].input = person.line;
            *job = (struct job){.verb = &line_import_verb, .input = &f->lines[count].input};
            if (!jobs_give(&f->jobs, job, f->operators[person.operator], NULL))
                job->refusal = REFUSED_BUSY;
        }
        jobs_wait(&f->jobs);
        for (size_t k = 0; k < count; k++) {
            if (!f->lines[k].job.refusal)
                continue;
            snprintf(f->why, INSTALLATION_WHY, "line %s was refused: %s", f->lines[k].input.number,
                     refusal_about(f->lines[k].job.refusal)->code);
            return false;
        }
    }
    return true;
}

static bool accounts_fill(struct filling *f) {
    struct demo_registering with = {.engine = f->house->engine,
                                    .committer = f->committer,
                                    .reader = installation_reader(f->house, f->why),
                                    .secrets = &f->house->secrets,
                                    .demo = f->demo,
                                    .operators = f->operators};
    struct demo_person person;
    bool good = with.reader != NULL;
    for (int64_t i = 0; good && i < f->demo->lines && i < 64; i++) {
        demo_person_make(f->demo, i, f->now, &person);
        if (person.registered)
            good = demo_register(&with, i, &person, f->why);
    }
    if (with.reader)
        f->house->engine->close(with.reader);
    return good;
}

bool demo_fill(const struct house *house, struct demo *demo, char why[INSTALLATION_WHY]) {
    bool locked;
    struct filling *f = calloc(1, sizeof *f);
    if (!f) {
        snprintf(why, INSTALLATION_WHY, "out of memory");
        return false;
    }
    f->house = house;
    f->demo = demo;
    f->why = why;
    f->now = clock_now();
    f->committer = installation_committer(house, &locked, why);
    bool good = f->committer != NULL;
    if (good) {
        jobs_open(&f->jobs, f->committer, &house->secrets);
        for (int i = 0; good && i < DEMO_OPERATORS; i++)
            good = operator_fill(f, i);
        good = good && lines_fill(f) && accounts_fill(f);
        jobs_wait(&f->jobs);
        jobs_close(&f->jobs);
        committer_stop(f->committer);
    }
    free(f);
    return good;
}
