#include "case_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rules/identifier.h"

struct line_import case_row(int i) {
    struct line_import row = {.sim_since = kit_now - 400 * DAY,
                              .activated_at = kit_now - 400 * DAY,
                              .expires_at = kit_now + 100 * DAY,
                              .paid_minor = 8640,
                              .promotional_minor = 500,
                              .kind = SUBSCRIBER_PERSON,
                              .name = "CHAN Tai Man",
                              .name_zh = "陳大文",
                              .birth = "1980-02-29",
                              .document_type = "hkid",
                              .email = "chan@example.com",
                              .email_since = kit_now - 300 * DAY,
                              .language = "en"};
    char digits[24];
    snprintf(row.number, sizeof row.number, "+8526123%04d", i);
    snprintf(digits, sizeof digits, "8985201%011d", i);
    if (!iccid_make(digits, row.iccid) ||
        !hkid_make("A", (uint32_t)(200000 + i / 10), row.document))
        abort();
    snprintf(row.imsi, sizeof row.imsi, "45400%010d", i);
    return row;
}

int64_t case_run(struct case_kit *c, const struct verb *verb, const struct actor *actor,
                 void *input, enum refusal *refusal) {
    static int64_t keys;
    struct job job;
    char key[40];
    snprintf(key, sizeof key, "key %lld", (long long)++keys);
    enum refusal no =
        kit_run(&c->kit, verb, actor, input, actor->kind == ACTOR_SYSTEM ? NULL : key, &job);
    if (refusal)
        *refusal = no;
    return no ? 0 : job.result;
}

static void people(struct case_kit *c) {
    char sql[600];
    snprintf(sql, sizeof sql,
             "INSERT INTO session (id, operator, account, opened_at, ends_at, stepped_up_at, "
             "closed_at, token) VALUES (%d, %d, %d, %lld, %lld, %lld, 0, " KIT_ZEROS ");"
             "INSERT INTO account_line (id, operator, account, line, proved_at) VALUES (600, %d, "
             "%d, %lld, 1);",
             CASE_SESSION, CASE_OPERATOR, CASE_ACCOUNT, (long long)kit_now - 1000,
             (long long)(kit_now + 100 * DAY), (long long)kit_now, CASE_OPERATOR, CASE_ACCOUNT,
             (long long)c->line);
    struct staff ada = {.id = CASE_STAFF,
                        .operator= CASE_OPERATOR,
                        .added_at = 1,
                        .name = "Ada",
                        .system_user = "ada",
                        .roles = "network:write"};
    kit_sql(&c->kit, sql);
    kit_put(&c->kit, STAFF_ADD, &ada);
}

void case_open(struct case_kit *c) {
    const char *root = getenv("RINGOFF_ROOT");
    char policy[512];
    *c = (struct case_kit){
        .person = {ACTOR_SUBSCRIBER, CASE_OPERATOR, CASE_ACCOUNT, CASE_SESSION, "192.0.2.1", "", 0},
        .anyone = {ACTOR_ANONYMOUS, CASE_OPERATOR, 0, 0, "192.0.2.2", "", 0},
        .api = {ACTOR_API, CASE_OPERATOR, 700, 0, "192.0.2.3", "closures:write effects:write", 0},
        .system = {ACTOR_SYSTEM, CASE_OPERATOR, 0, 0, "", "", 0},
        .staff = {ACTOR_STAFF, CASE_OPERATOR, CASE_STAFF, 0, "", "network:write", 0}};
    kit_now = INT64_C(1795400000000);
    snprintf(policy, sizeof policy, "%s/packaging/demo/harbour.json", root ? root : ".");
    kit_open(&c->kit);
    kit_operator(&c->kit, policy);
    struct line_import row = case_row(10), other = case_row(11);
    enum refusal no;
    c->line = case_run(c, &line_import_verb, &c->system, &row, &no);
    if (no)
        fprintf(stderr, "import: %d\n", no);
    c->other_line = case_run(c, &line_import_verb, &c->system, &other, NULL);
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT id FROM contact WHERE line = %lld", (long long)c->line);
    c->contact = kit_number(&c->kit, sql);
    people(c);
}

void case_close(struct case_kit *c) {
    kit_close(&c->kit);
}

int64_t case_submit(struct case_kit *c, int64_t contact, enum refusal *refusal) {
    struct closure_submit in = {.line = c->line,
                                .document_type = "hkid",
                                .contact = contact,
                                .reason = "moving",
                                .language = "en"};
    struct line_import row = case_row(10);
    memcpy(in.document, row.document, sizeof in.document);
    return case_run(c, &closure_submit_verb, &c->person, &in, refusal);
}

void case_by_document(struct case_kit *c) {
    kit_sql(&c->kit, "UPDATE policy SET text = replace(text, '\"match\"', '\"document\"')");
    kit_restart(&c->kit);
}

enum refusal case_document(struct case_kit *c, const struct actor *actor, int64_t closure) {
    static const uint8_t sealed[CONTENT_SEALED];
    struct closure_document in = {.closure = closure,
                                  .type = FORMAT_JPEG,
                                  .size = 5000,
                                  .pieces = 1,
                                  .digest = "d",
                                  .content = {sealed, sizeof sealed}};
    enum refusal no;
    memset(in.key, 'A', CONTENT_KEY_SIZE - 1);
    case_run(c, &closure_document_verb, actor, &in, &no);
    return no;
}

void case_read(struct case_kit *c, enum statement_id statement, int64_t id, void *to) {
    struct key key = {.id = id, .operator= CASE_OPERATOR };
    struct want want = {.statement = statement, .in = &key, .rows = to, .room = 1};
    memset(to, 0, statement_of(statement)->out_size);
    if (c->kit.engine->read(c->kit.reader, &want, 1) != STORE_OK)
        abort();
}

enum refusal case_confirm(struct case_kit *c, int64_t id) {
    struct closure closure;
    struct closure_confirm in = {.closure = id};
    enum refusal no;
    case_read(c, CLOSURE_BY_ID, id, &closure);
    closure_link(&c->kit.secrets, &closure, closure.confirm_issue, in.secret);
    case_run(c, &closure_confirm_verb, &c->anyone, &in, &no);
    return no;
}

enum refusal case_delivered(struct case_kit *c, int64_t id) {
    struct effect_report in = {.effect = case_effect(c, id, EFFECT_CONFIRM),
                               .outcome = OUTCOME_DELIVERED,
                               .closure = id,
                               .line = c->line};
    enum refusal no;
    case_run(c, &effect_report_verb, &c->system, &in, &no);
    return no;
}

enum refusal case_advance(struct case_kit *c, int64_t id) {
    struct closure_advance in = {id, c->line};
    enum refusal no;
    case_run(c, &closure_advance_verb, &c->system, &in, &no);
    return no;
}

int64_t case_effect(struct case_kit *c, int64_t target, enum effect_kind kind) {
    struct effect rows[32];
    struct key key = {.id = target, .operator= CASE_OPERATOR };
    struct want want = {.statement = EFFECTS_OF_TARGET, .in = &key, .rows = rows, .room = 32};
    memset(rows, 0, sizeof rows);
    if (c->kit.engine->read(c->kit.reader, &want, 1) != STORE_OK)
        abort();
    for (size_t i = 0; i < want.count; i++)
        if (rows[i].kind == (int64_t)kind && rows[i].state == EFFECT_WAITING)
            return rows[i].id;
    return 0;
}

int64_t case_executing(struct case_kit *c) {
    struct closure closure;
    int64_t id = case_submit(c, 0, NULL);
    if (case_confirm(c, id) != ACCEPTED)
        abort();
    case_read(c, CLOSURE_BY_ID, id, &closure);
    kit_now = closure.undo_until;
    if (case_advance(c, id) != ACCEPTED)
        abort();
    return id;
}
