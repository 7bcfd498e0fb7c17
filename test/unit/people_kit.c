#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>

#include <cmocka.h>

#include "people_kit.h"

int hashes_made, hashes_checked;
char hash_checked[PASSWORD_TEXT];
const struct actor nobody = {.kind = ACTOR_ANONYMOUS, .operator= 4096, .address = "192.0.2.1"};

int crypto_pwhash_str(char *out, const char *password, unsigned long long length,
                      unsigned long long operations, size_t memory);
int crypto_pwhash_str_verify(const char *text, const char *password, unsigned long long length);

int crypto_pwhash_str(char *out, const char *password, unsigned long long length,
                      unsigned long long operations, size_t memory) {
    int (*real)(char *, const char *, unsigned long long, unsigned long long, size_t);
    *(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str");
    hashes_made++;
    return real(out, password, length, operations, memory);
}

int crypto_pwhash_str_verify(const char *text, const char *password, unsigned long long length) {
    int (*real)(const char *, const char *, unsigned long long);
    *(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
    hashes_checked++;
    snprintf(hash_checked, sizeof hash_checked, "%s", text);
    return real(text, password, length);
}

static void line_add(struct kit *kit, int64_t id, const char *number, const char *iccid) {
    char sql[500];
    snprintf(sql, sizeof sql,
             "INSERT INTO line VALUES (%lld, 4096, 9, 1, 0, 1, 2, 1, 0, 0, 1, '%s', '%s', "
             "'45400%lld', 'Tourist 30', 0, 0)",
             (long long)id, number, iccid, (long long)id);
    kit_sql(kit, sql);
}

int people_open(void **state) {
    static struct kit kit;
    char path[512];
    const char *root = getenv("RINGOFF_ROOT");
    snprintf(path, sizeof path, "%s/packaging/demo/harbour.json", root ? root : ".");
    kit_now = INT64_C(1795400000000);
    kit_open(&kit);
    kit_operator(&kit, path);
    line_add(&kit, 5001, LINE_ONE, "8985200000000010015");
    line_add(&kit, 5002, "+85261230002", "8985200000000010023");
    *state = &kit;
    return 0;
}

int people_close(void **state) {
    kit_close(*state);
    return 0;
}

/* --- which refusals were seen --- */

enum { SEEN = 64 };
static struct {
    const struct verb *verb;
    bool refused[REFUSAL_COUNT];
} seen[SEEN];

void provoked(const struct verb *verb, enum refusal refusal) {
    for (size_t i = 0; i < SEEN; i++) {
        if (seen[i].verb && seen[i].verb != verb)
            continue;
        seen[i].verb = verb;
        seen[i].refused[refusal] = true;
        return;
    }
    fail_msg("too many verbs");
}

void assert_all_provoked(const struct verb *verb) {
    bool listed[REFUSAL_COUNT] = {true};
    size_t at = 0;
    while (at < SEEN && seen[at].verb != verb)
        at++;
    assert_true(at < SEEN);
    for (const enum refusal *refusal = verb->refusals; *refusal; refusal++)
        listed[*refusal] = true;
    for (size_t i = 0; i < REFUSAL_COUNT; i++)
        if (listed[i] != seen[at].refused[i])
            fail_msg("%s: %s %s", verb->name, i ? refusal_about((enum refusal)i)->code : "accepted",
                     listed[i] ? "was never provoked" : "is not in its list");
}

enum refusal run(struct kit *kit, const struct verb *verb, const struct actor *actor, void *input,
                 struct job *job) {
    enum refusal refusal = kit_run(kit, verb, actor, input, NULL, job);
    provoked(verb, refusal);
    return refusal;
}

static enum store_result read_fails(struct store *store, struct want *wants, size_t count) {
    (void)store;
    (void)wants;
    (void)count;
    return STORE_DOWN;
}

void provoke_busy(struct kit *kit, const struct verb *verb, const struct actor *actor,
                  void *input) {
    struct engine broken = *kit->engine;
    broken.read = read_fails;
    assert_int_equal(verb->prepare(input, actor, kit->reader, &broken, &kit->secrets),
                     REFUSED_BUSY);
    provoked(verb, REFUSED_BUSY);
}

/* --- the steps --- */

struct challenge challenge_of(struct kit *kit, int64_t id) {
    struct challenge challenge = {0};
    struct key key = {.id = id, .operator= 4096 };
    struct want want = {.statement = CHALLENGE_BY_ID, .in = &key, .rows = &challenge, .room = 1};
    assert_int_equal(kit->engine->read(kit->reader, &want, 1), STORE_OK);
    assert_int_equal(challenge.id, id);
    return challenge;
}

void code_of(struct kit *kit, int64_t id, char code[CODE_TYPED]) {
    struct challenge challenge = challenge_of(kit, id);
    secret_code(&kit->secrets, challenge.purpose, id, challenge.issue, challenge.nonce, code);
}

void wrong_code_of(struct kit *kit, int64_t id, char code[CODE_TYPED]) {
    code_of(kit, id, code);
    code[7] = code[7] == '9' ? '0' : (char)(code[7] + 1);
}

struct job start(struct kit *kit, const char *number, const char *tail, enum refusal expect) {
    struct job job;
    struct registration_start in = {.language = "zh-Hant-HK"};
    snprintf(in.number, sizeof in.number, "%s", number);
    snprintf(in.iccid_tail, sizeof in.iccid_tail, "%s", tail);
    assert_int_equal(run(kit, &registration_start_verb, &nobody, &in, &job), expect);
    return job;
}

void prove(struct kit *kit, const struct job *begun, enum refusal expect) {
    struct registration_prove in = {.challenge = begun->result};
    snprintf(in.holder, sizeof in.holder, "%.43s", begun->secret);
    code_of(kit, begun->result, in.code);
    assert_int_equal(run(kit, &registration_prove_verb, &nobody, &in, NULL), expect);
}

void give_contact(struct kit *kit, const struct job *begun, const char *email,
                  enum refusal expect) {
    struct registration_contact in = {.challenge = begun->result, .password = PASSWORD};
    snprintf(in.holder, sizeof in.holder, "%.43s", begun->secret);
    snprintf(in.email, sizeof in.email, "%s", email);
    assert_int_equal(run(kit, &registration_contact_verb, &nobody, &in, NULL), expect);
    assert_string_equal(in.password, expect == REFUSED_EMAIL_FORM || expect == REFUSED_PROOF ||
                                             expect == REFUSED_NOT_FOUND
                                         ? PASSWORD
                                         : "");
}

int64_t verify(struct kit *kit, const struct job *begun, enum refusal expect) {
    struct job job;
    struct registration_verify in = {.challenge = begun->result};
    snprintf(in.holder, sizeof in.holder, "%.43s", begun->secret);
    code_of(kit, begun->result, in.code);
    assert_int_equal(run(kit, &registration_verify_verb, &nobody, &in, &job), expect);
    return job.result;
}

int64_t registered(struct kit *kit, const char *number, const char *tail, const char *email) {
    struct job begun = start(kit, number, tail, ACCEPTED);
    prove(kit, &begun, ACCEPTED);
    give_contact(kit, &begun, email, ACCEPTED);
    return verify(kit, &begun, ACCEPTED);
}

struct job sign_in(struct kit *kit, const char *email, const char *password, enum refusal expect) {
    struct job job;
    struct session_open in = {0};
    snprintf(in.email, sizeof in.email, "%s", email);
    snprintf(in.password, sizeof in.password, "%s", password);
    assert_int_equal(run(kit, &session_open_verb, &nobody, &in, &job), expect);
    assert_string_equal(in.password, "");
    return job;
}

struct actor signed_in(struct kit *kit, const char *email) {
    struct job job = sign_in(kit, email, PASSWORD, ACCEPTED);
    struct actor actor = {.kind = ACTOR_SUBSCRIBER, .operator= 4096, .session = job.result};
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT account FROM session WHERE id = %lld", (long long)job.result);
    actor.id = kit_number(kit, sql);
    snprintf(actor.address, sizeof actor.address, "%s", nobody.address);
    return actor;
}
