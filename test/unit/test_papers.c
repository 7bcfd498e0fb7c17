/* Certificates as rows, and the keys that sign them: made with the deregistration and never else,
 * sealed, signed with the key of the day; keys are made once, replaced by staff, and all shown. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs those before it. */
#include <cmocka.h>

#include "base/clock.h"
#include "case_kit.h"
#include "commands/certificate.h"
#include "commands/policy.h"
#include "rules/certificate.h"
#include "rules/closure_secret.h"
#include "views/certificates.h"

static struct case_kit kit;
static struct actor keeper;

static int setup(void **state) {
    (void)state;
    case_open(&kit);
    keeper = kit.staff;
    memcpy(keeper.scopes, "signing_keys:write", sizeof "signing_keys:write");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    case_close(&kit);
    return 0;
}

static int64_t count(const char *sql) {
    return kit_number(&kit.kit, sql);
}

static enum refusal cut(int64_t closure, int64_t line) {
    struct network_cut in = {.closure = closure,
                             .line = line,
                             .effect = case_effect(&kit, closure, EFFECT_NETWORK_CUT),
                             .evidence = "no subscriber with this IMSI"};
    enum refusal no;
    if (!in.effect)
        in.effect = 1;
    case_run(&kit, &network_cut_verb, &kit.system, &in, &no);
    return no;
}

static void key_read(int64_t id, struct signing_key *key) {
    case_read(&kit, SIGNING_KEY_BY_ID, id, key);
}

/* The certificate of a closed line, and that it is signed by the key it names. */
static struct certificate certificate_of(int64_t closure) {
    static struct certificate row;
    struct signing_key key;
    case_read(&kit, CERTIFICATE_BY_ID, closure, &row);
    assert_int_equal(row.id, closure);
    key_read(row.key, &key);
    assert_int_equal(key.operator, CASE_OPERATOR);
    assert_true(secret_signed(key.public_key, row.statement, strlen(row.statement), row.signature));
    return row;
}

static void it_is_made_with_the_deregistration(void **state) {
    struct certificate_facts facts;
    struct closure closure;
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(count("SELECT count(*) FROM certificate"), 0);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    struct certificate row = certificate_of(id);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    assert_int_equal(row.issued_at, closure.deregistered_at);
    assert_string_equal(row.reference, closure.reference);
    assert_true(certificate_read(row.statement, &facts));
    assert_string_equal(facts.operator, "harbour");
    assert_string_equal(facts.site, "https://harbour.localhost");
    assert_string_equal(facts.reference, closure.reference);
    assert_string_equal(facts.language, "en");
    assert_string_equal(facts.name, "CHAN Tai Man");
    assert_string_equal(facts.name_zh, "陳大文");
    assert_string_equal(facts.number, "+85261230010");
    assert_string_equal(facts.basis, "person");
    assert_string_equal(facts.identity, "match");
    assert_string_equal(facts.cut, "read_back");
    assert_string_equal(facts.evidence, "no subscriber with this IMSI");
    assert_string_equal(facts.currency, "HKD");
    assert_int_equal(facts.paid_minor, 8640);
    assert_int_equal(facts.promotional_minor, 500);
    const int64_t times[][2] = {{facts.submitted_at, closure.submitted_at},
                                {facts.identity_at, closure.identity_at},
                                {facts.confirmed_at, closure.confirmed_at},
                                {facts.cut_at, closure.cut_at},
                                {facts.deregistered_at, kit_now},
                                {facts.claim_until, closure.claim_until},
                                {facts.number_until, closure.quarantine_until},
                                {facts.registration_until, closure.erase_after}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        assert_int_equal(times[i][0], times[i][1] / SECOND * SECOND);
    assert_true(facts.reclaim_until > kit_now && facts.reclaim_until <= facts.number_until);
    assert_int_equal(cut(id, kit.line), REFUSED_UNCHANGED);
    assert_int_equal(count("SELECT count(*) FROM certificate"), 1);
}

/* Nothing else makes one, however the case ends, and not a refused cut. */
static void nothing_else_makes_one(void **state) {
    struct closure_withdraw off = {0};
    enum refusal no;
    (void)state;
    int64_t id = case_submit(&kit, 0, NULL);
    assert_int_equal(cut(id, kit.line), REFUSED_CLOSURE_STATE);
    off.closure = id;
    case_run(&kit, &closure_withdraw_verb, &kit.person, &off, &no);
    assert_int_equal(no, ACCEPTED);
    int64_t late = case_submit(&kit, 0, NULL);
    assert_int_equal(case_delivered(&kit, late), ACCEPTED);
    struct closure closure;
    do { /* reminded, then ended */
        case_read(&kit, CLOSURE_BY_ID, late, &closure);
        kit_now = closure.next_at > kit_now ? closure.next_at : kit_now;
    } while (closure.next_at && case_advance(&kit, late) == ACCEPTED && !closure.expired_at);
    case_read(&kit, CLOSURE_BY_ID, late, &closure);
    assert_true(closure.expired_at != 0);
    assert_int_equal(count("SELECT count(*) FROM certificate"), 0);
    assert_int_equal(count("SELECT count(*) FROM signing_key"), 0);
}

static void an_attestation_says_so(void **state) {
    struct certificate_facts facts;
    struct network_manual manual = {.line = kit.line};
    struct network_done done = {.evidence = "HLR says unknown subscriber"};
    enum refusal no;
    (void)state;
    int64_t id = case_executing(&kit);
    manual.closure = id;
    manual.effect = case_effect(&kit, id, EFFECT_NETWORK_CUT);
    case_run(&kit, &network_manual_verb, &kit.system, &manual, &no);
    assert_int_equal(no, ACCEPTED);
    done.work = count("SELECT id FROM work");
    case_run(&kit, &network_done_verb, &kit.staff, &done, &no);
    assert_int_equal(no, ACCEPTED);
    struct certificate row = certificate_of(id);
    assert_true(certificate_read(row.statement, &facts));
    assert_string_equal(facts.cut, "attested");
    assert_ptr_equal(strstr(row.statement, "HLR says"), NULL);
}

static void nothing_of_it_stands_in_clear(void **state) {
    struct signing_key key;
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    key_read(CASE_OPERATOR, &key);
    assert_int_equal(strlen(key.seed), 64);
    assert_int_equal(kit_holding(&kit.kit, "certificate", "statement", "CHAN"), 0);
    assert_int_equal(kit_holding(&kit.kit, "certificate", "statement", "6123"), 0);
    assert_int_equal(kit_holding(&kit.kit, "certificate", "statement", "certificate"), 0);
    assert_int_equal(kit_holding(&kit.kit, "signing_key", "seed", key.seed), 0);
}

/* An executing closure of a further line; *line is that. */
static int64_t line_executing(int i, int64_t *line) {
    struct closure closure = {0};
    struct line_import row = case_row(i);
    char sql[200];
    *line = case_run(&kit, &line_import_verb, &kit.system, &row, NULL);
    snprintf(sql, sizeof sql,
             "INSERT INTO account_line (id, operator, account, line, proved_at) VALUES (%d, %d, "
             "%d, %lld, 1)",
             700 + i, CASE_OPERATOR, CASE_ACCOUNT, (long long)*line);
    kit_sql(&kit.kit, sql);
    snprintf(sql, sizeof sql, "UPDATE session SET stepped_up_at = %lld", (long long)kit_now);
    kit_sql(&kit.kit, sql);
    struct closure_submit in = {
        .line = *line, .document_type = "hkid", .reason = "", .language = "zh-Hans-CN"};
    memcpy(in.document, row.document, sizeof in.document);
    int64_t id = case_run(&kit, &closure_submit_verb, &kit.person, &in, NULL), was = kit.line;
    kit.line = *line;
    assert_int_equal(case_confirm(&kit, id), ACCEPTED);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until > kit_now ? closure.undo_until : kit_now;
    assert_int_equal(case_advance(&kit, id), ACCEPTED);
    kit.line = was;
    return id;
}

static int64_t line_closed(int i) {
    int64_t line, id = line_executing(i, &line);
    assert_int_equal(cut(id, line), ACCEPTED);
    return id;
}

/* --- many at once --- */

enum { AT_ONCE = 12 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static int answers;

static void answered(struct job *job) {
    (void)job;
    pthread_mutex_lock(&lock);
    answers++;
    pthread_cond_signal(&told);
    pthread_mutex_unlock(&lock);
}

/* They find no key, share a batch, and must not each make one. */
static void many_at_once_make_one_key(void **state) {
    static struct job jobs[AT_ONCE];
    static struct network_cut cuts[AT_ONCE];
    (void)state;
    for (int i = 0; i < AT_ONCE; i++) {
        struct network_cut *in = &cuts[i];
        *in = (struct network_cut){.evidence = "gone"};
        in->closure = line_executing(100 + 10 * i, &in->line);
        in->effect = case_effect(&kit, in->closure, EFFECT_NETWORK_CUT);
        jobs[i] = (struct job){
            .verb = &network_cut_verb, .actor = kit.system, .input = in, .answered = answered};
        job_fill(&jobs[i], &kit.kit.secrets);
    }
    answers = 0;
    for (int i = 0; i < AT_ONCE; i++)
        assert_true(committer_submit(kit.kit.committer, &jobs[i]));
    pthread_mutex_lock(&lock);
    while (answers < AT_ONCE)
        pthread_cond_wait(&told, &lock);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < AT_ONCE; i++) {
        assert_int_equal(jobs[i].refusal, ACCEPTED);
        assert_int_equal(certificate_of(cuts[i].closure).key, CASE_OPERATOR);
    }
    assert_int_equal(count("SELECT count(*) FROM signing_key"), 1);
}

static enum refusal rotate(const struct actor *actor, int64_t retire, int64_t *made) {
    struct signing_key_rotate in = {retire};
    enum refusal no;
    *made = case_run(&kit, &signing_key_rotate_verb, actor, &in, &no);
    return no;
}

static void keys_are_made_once_and_replaced(void **state) {
    struct signing_key first, second;
    struct actor stranger = keeper;
    int64_t made, again;
    (void)state;
    int64_t one = line_closed(20), two = line_closed(30);
    assert_int_equal(count("SELECT count(*) FROM signing_key"), 1);
    assert_int_equal(certificate_of(one).key, CASE_OPERATOR); /* the first key's id */
    assert_int_equal(certificate_of(two).key, CASE_OPERATOR);
    assert_int_equal(rotate(&keeper, 4711, &made), REFUSED_NOT_FOUND);
    assert_int_equal(rotate(&keeper, 0, &made), REFUSED_UNCHANGED); /* there is one */
    stranger.operator= 4711;
    assert_int_equal(rotate(&stranger, CASE_OPERATOR, &made), REFUSED_NOT_FOUND);
    kit_now += DAY;
    assert_int_equal(rotate(&keeper, CASE_OPERATOR, &made), ACCEPTED);
    assert_int_not_equal(made, CASE_OPERATOR);
    assert_int_equal(rotate(&keeper, CASE_OPERATOR, &again), REFUSED_UNCHANGED);
    key_read(CASE_OPERATOR, &first);
    key_read(made, &second);
    assert_int_equal(first.retired_at, kit_now);
    assert_int_equal(second.made_at, kit_now);
    assert_int_equal(second.retired_at, 0);
    assert_memory_not_equal(first.public_key, second.public_key, sizeof first.public_key);
    assert_string_not_equal(first.seed, second.seed);
    int64_t three = line_closed(40);
    assert_int_equal(certificate_of(three).key, made);
    assert_int_equal(certificate_of(one).key, CASE_OPERATOR); /* and it still verifies */
    assert_int_equal(count("SELECT count(*) FROM journal WHERE verb = 'signing_key.rotate' AND "
                           "refusal = '' AND actor = 503"),
                     1);
}

/* Who rotates before anything was signed makes the first one. */
static void the_first_can_be_asked_for(void **state) {
    int64_t made;
    (void)state;
    assert_int_equal(rotate(&keeper, 0, &made), ACCEPTED);
    assert_int_equal(made, CASE_OPERATOR);
    int64_t id = case_executing(&kit);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    assert_int_equal(certificate_of(id).key, made);
}

/* A new operator has its key at once, and no other's. */
static void an_operator_begins_with_a_key(void **state) {
    static struct policy_load in = {.operator_code = "kite"};
    struct actor root = {.kind = ACTOR_STAFF, .scopes = "root"};
    struct signing_key ours, theirs;
    int64_t made;
    char path[512];
    enum refusal no;
    (void)state;
    assert_int_equal(rotate(&keeper, 0, &made), ACCEPTED);
    snprintf(path, sizeof path, "%s/packaging/demo/kite.json", getenv("RINGOFF_ROOT"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    in.text[fread(in.text, 1, sizeof in.text - 1, file)] = '\0';
    fclose(file);
    case_run(&kit, &policy_load_verb, &root, &in, &no);
    assert_int_equal(no, ACCEPTED);
    int64_t kite = count("SELECT id FROM operator WHERE code = 'kite'");
    assert_int_equal(count("SELECT count(*) FROM signing_key"), 2);
    struct key key = {.id = kite, .operator= kite };
    struct want want = {.statement = SIGNING_KEY_BY_ID, .in = &key, .rows = &theirs, .room = 1};
    assert_int_equal(kit.kit.engine->read(kit.kit.reader, &want, 1), STORE_OK);
    assert_int_equal(want.count, 1);
    key_read(CASE_OPERATOR, &ours);
    assert_memory_not_equal(ours.public_key, theirs.public_key, sizeof ours.public_key);
}

static void keys_have_an_end(void **state) {
    int64_t made, next;
    (void)state;
    assert_int_equal(rotate(&keeper, 0, &made), ACCEPTED);
    for (int i = 1; i < SIGNING_KEYS; i++) {
        assert_int_equal(rotate(&keeper, made, &next), ACCEPTED);
        made = next;
    }
    assert_int_equal(rotate(&keeper, made, &next), REFUSED_CAP);
    assert_int_equal(count("SELECT count(*) FROM signing_key WHERE retired_at = 0"), 1);
}

/* What everybody may see of the keys: nothing of the seed, and of one's own operator only. */
static void keys_are_shown(void **state) {
    struct view_context context = {.engine = kit.kit.engine, .reader = kit.kit.reader};
    struct actor anyone = kit.anyone;
    struct signing_key row;
    int64_t made, second;
    json_t *json;
    (void)state;
    assert_int_equal(rotate(&keeper, 0, &made), ACCEPTED);
    assert_int_equal(rotate(&keeper, made, &second), ACCEPTED);
    struct arena arena;
    arena_open(&arena, 1024 * 1024);
    context.arena = &arena;
    context.actor = &anyone;
    context.now = kit_now;
    assert_int_equal(view_show(&signing_keys_view, &context, 0, &json), ACCEPTED);
    json_t *items = json_object_get(json, "items");
    assert_int_equal(json_array_size(items), 2);
    key_read(second, &row);
    char name[SIGN_NAME_SIZE], key[2 * SIGN_PUBLIC_BYTES + 1];
    secret_sign_name(row.public_key, name);
    secret_hex(row.public_key, sizeof row.public_key, key);
    const json_t *now = json_array_get(items, 0); /* the one that signs now stands first */
    assert_string_equal(json_string_value(json_object_get(now, "name")), name);
    assert_string_equal(json_string_value(json_object_get(now, "public_key")), key);
    assert_null(json_object_get(now, "retired_at"));
    assert_non_null(json_object_get(json_array_get(items, 1), "retired_at"));
    char *text = json_dumps(json, 0);
    assert_null(strstr(text, row.seed));
    free(text);
    json_decref(json);
    assert_int_equal(view_show(&signing_key_view, &context, second, &json), ACCEPTED);
    json_decref(json);
    assert_int_equal(view_show(&signing_key_view, &context, 0, &json), REFUSED_NOT_FOUND);
    anyone.operator= 8192;
    assert_int_equal(view_show(&signing_key_view, &context, second, &json), REFUSED_NOT_FOUND);
    assert_int_equal(view_show(&signing_keys_view, &context, 0, &json), ACCEPTED);
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
    arena_close(&arena);
}

/* The answer to an actor at this time; the paper's name on success. */
static enum refusal asked(struct actor actor, const char *scopes, const char *secret,
                          int64_t closure, char name[NAME_SIZE]) {
    static struct certificate_paper paper;
    const struct tenants *tenants = committer_tenants(kit.kit.committer);
    struct arena arena;
    arena_open(&arena, 1024 * 1024);
    snprintf(actor.scopes, sizeof actor.scopes, "%s", scopes);
    struct view_context context = {.engine = kit.kit.engine,
                                   .reader = kit.kit.reader,
                                   .actor = &actor,
                                   .tenant = tenant_find(tenants, CASE_OPERATOR),
                                   .secrets = &kit.kit.secrets,
                                   .arena = &arena,
                                   .now = kit_now};
    context.policy = &context.tenant->policies[0];
    snprintf(context.secret, sizeof context.secret, "%s", secret);
    memset(&paper, 0, sizeof paper);
    enum refusal no = certificate_open(&context, closure, &paper);
    snprintf(name, NAME_SIZE, "%s", paper.facts.name);
    committer_tenants_release(kit.kit.committer, tenants);
    arena_close(&arena);
    return no;
}

static void it_is_for_whom(void **state) {
    struct actor other = kit.person, stranger = kit.person;
    struct closure closure;
    char secret[STATUS_SECRET_SIZE], name[NAME_SIZE], link[TOKEN_TEXT], sql[160];
    (void)state;
    other.id = 777; /* another account, which has the line too */
    stranger.operator= 8192;
    snprintf(sql, sizeof sql,
             "INSERT INTO account_line (id, operator, account, line, proved_at) "
             "VALUES (601, %d, 777, %lld, 1)",
             CASE_OPERATOR, (long long)kit.line);
    kit_sql(&kit.kit, sql);
    int64_t id = case_executing(&kit);
    case_read(&kit, CLOSURE_BY_ID, id, &closure);
    closure_status_secret(&kit.kit.secrets, &closure, secret);
    closure_link(&kit.kit.secrets, &closure, closure.confirm_issue, link);
    assert_int_equal(asked(kit.person, "", "", id, name), REFUSED_NOT_FOUND); /* not over */
    assert_int_equal(asked(kit.person, "", "", 4711, name), REFUSED_NOT_FOUND);
    assert_int_equal(asked(kit.person, "", "", 0, name), REFUSED_NOT_FOUND);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    for (int i = 0; i < 2; i++) { /* until the last day of what it says, and not after it */
        enum refusal yes = i ? REFUSED_NOT_FOUND : ACCEPTED;
        assert_int_equal(asked(kit.person, "", "", id, name), yes);
        assert_string_equal(name, i ? "" : "CHAN Tai Man");
        assert_int_equal(asked(kit.anyone, "", secret, id, name), yes);
        assert_int_equal(asked(other, "", secret, id, name), yes);
        assert_int_equal(asked(kit.staff, "certificates:read", "", id, name), yes);
        assert_int_equal(asked(kit.api, "certificates:read", "", id, name), yes);
        assert_int_equal(asked(other, "", "", id, name), REFUSED_NOT_FOUND);
        assert_int_equal(asked(kit.anyone, "", "", id, name), REFUSED_NOT_FOUND);
        assert_int_equal(asked(kit.anyone, "", link, id, name), REFUSED_NOT_FOUND);
        assert_int_equal(asked(stranger, "", "", id, name), REFUSED_NOT_FOUND);
        assert_int_equal(asked(kit.staff, "closures:read", "", id, name), REFUSED_NOT_ALLOWED);
        assert_int_equal(asked(kit.api, "closures:read", secret, id, name), REFUSED_NOT_ALLOWED);
        assert_string_equal(name, "");
        kit_now += 20 * 366 * DAY;
    }
}

/* A line that was closed before certificates were made has none, and gets none. */
static void none_is_dated_back(void **state) {
    char name[NAME_SIZE];
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    kit_sql(&kit.kit, "DELETE FROM certificate");
    assert_int_equal(asked(kit.person, "", "", id, name), REFUSED_NOT_FOUND);
    assert_int_equal(cut(id, kit.line), REFUSED_UNCHANGED);
    assert_int_equal(count("SELECT count(*) FROM certificate"), 0);
}

/* Somebody changed the row behind our back: it is not drawn. */
static void a_changed_row_is_not_drawn(void **state) {
    char name[NAME_SIZE];
    (void)state;
    int64_t id = case_executing(&kit);
    assert_int_equal(cut(id, kit.line), ACCEPTED);
    kit_sql(&kit.kit, "UPDATE certificate SET key = 4711");
    assert_int_equal(asked(kit.person, "", "", id, name), REFUSED_NOT_FOUND);
    kit_sql(&kit.kit, "UPDATE certificate SET key = 4096, statement = x'00'");
    assert_int_not_equal(asked(kit.person, "", "", id, name), ACCEPTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(it_is_made_with_the_deregistration),
        TEST(nothing_else_makes_one),
        TEST(an_attestation_says_so),
        TEST(nothing_of_it_stands_in_clear),
        TEST(keys_are_made_once_and_replaced),
        TEST(many_at_once_make_one_key),
        TEST(an_operator_begins_with_a_key),
        TEST(the_first_can_be_asked_for),
        TEST(keys_have_an_end),
        TEST(keys_are_shown),
        TEST(it_is_for_whom),
        TEST(none_is_dated_back),
        TEST(a_changed_row_is_not_drawn),
    };
    if (!secret_start())
        return 1;
    return cmocka_run_group_tests_name("papers", tests, NULL, NULL);
}
