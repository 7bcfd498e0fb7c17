#include "store/rows.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static int64_t hash_id(const struct secrets *secrets, const char *purpose, const char *text) {
    char both[640];
    uint8_t hash[HASH_BYTES];
    int64_t id = 0;
    int length = snprintf(both, sizeof both, "%s:%s", purpose, text);
    assert(length > 0 && (size_t)length < sizeof both);
    secret_hash(secrets->lookup, both, (size_t)length, hash);
    memcpy(&id, hash, sizeof id);
    id &= INT64_MAX;
    return id ? id : 1;
}

int64_t number_id(const struct secrets *secrets, const char *number) {
    return hash_id(secrets, "number", number);
}

int64_t sim_id(const struct secrets *secrets, const char *iccid) {
    return hash_id(secrets, "sim", iccid);
}

int64_t budget_id(const struct secrets *secrets, int64_t operator, const char * scope,
                  const char *subject) {
    char text[400];
    int length = snprintf(text, sizeof text, "%lld:%s:%s", (long long)operator, scope, subject);
    assert(length > 0 && (size_t)length < sizeof text);
    return hash_id(secrets, "budget", text);
}

int64_t remembered_id(const struct secrets *secrets, const struct actor *actor, const char *verb,
                      const char *key) {
    char text[320];
    int length =
        snprintf(text, sizeof text, "%lld:%d:%lld:%s:%s",
                 (long long)actor->operator,(int) actor->kind, (long long)actor->id, verb, key);
    assert(length > 0 && (size_t)length < sizeof text);
    return hash_id(secrets, "remembered", text);
}

static void by_id(struct load *load, enum statement_id statement, int64_t id, void *to) {
    struct key key = {.id = id, .operator= load->actor->operator};
    want_one(load, statement, &key, id, to);
}

void want_line(struct load *load, int64_t id, struct line *to) {
    by_id(load, LINE_BY_ID, id, to);
    if (!load->failed && id)
        load->wants[load->count - 1].lock = true;
}

void want_closure(struct load *load, int64_t id, struct closure *to) {
    by_id(load, CLOSURE_BY_ID, id, to);
}

void want_account(struct load *load, int64_t id, struct account *to) {
    by_id(load, ACCOUNT_BY_ID, id, to);
}

void want_session(struct load *load, int64_t id, struct session *to) {
    by_id(load, SESSION_BY_ID, id, to);
}

void want_challenge(struct load *load, int64_t id, struct challenge *to) {
    by_id(load, CHALLENGE_BY_ID, id, to);
}

void want_contact(struct load *load, int64_t id, struct contact *to) {
    by_id(load, CONTACT_BY_ID, id, to);
}

void want_work(struct load *load, int64_t id, struct work *to) {
    by_id(load, WORK_BY_ID, id, to);
}

void want_effect(struct load *load, int64_t id, struct effect *to) {
    by_id(load, EFFECT_BY_ID, id, to);
}

void want_staff(struct load *load, int64_t id, struct staff *to) {
    by_id(load, STAFF_BY_ID, id, to);
}

void want_api_key(struct load *load, int64_t id, struct api_key *to) {
    by_id(load, API_KEY_BY_ID, id, to);
}

void want_number(struct load *load, int64_t id, struct number *to) {
    by_id(load, NUMBER_BY_ID, id, to);
}

void want_sim(struct load *load, int64_t id, struct sim *to) {
    by_id(load, SIM_BY_ID, id, to);
}

void want_budget(struct load *load, int64_t id, struct budget *to) {
    by_id(load, BUDGET_BY_ID, id, to);
}

void want_closure_of(struct load *load, int64_t line, struct closure *to) {
    struct key key = {.id = line, .operator= load->actor->operator};
    want_one(load, CLOSURE_OF_LINE, &key, 0, to);
}

void want_subscriber_of(struct load *load, int64_t line, struct subscriber *to) {
    struct key key = {.id = line, .operator= load->actor->operator};
    want_one(load, SUBSCRIBER_OF_LINE, &key, 0, to);
}

void want_account_line(struct load *load, int64_t account, int64_t line, struct account_line *to) {
    struct key key = {.id = account, .operator= load->actor->operator, .other = line };
    want_one(load, ACCOUNT_LINE_OF, &key, 0, to);
}

void want_contacts(struct load *load, int64_t line, struct contact to[CONTACTS_A_LINE]) {
    struct key key = {.id = line, .operator= load->actor->operator};
    want_many(load, CONTACTS_OF_LINE, &key, to, CONTACTS_A_LINE);
}

void want_ledgers(struct load *load, int64_t line, struct ledger_account to[LEDGERS_A_LINE]) {
    struct key key = {.id = line, .operator= load->actor->operator};
    want_many(load, LEDGER_OF_LINE, &key, to, LEDGERS_A_LINE);
}

void want_ledgers_shared(struct load *load, struct ledger_account to[LEDGERS_A_LINE]) {
    struct key key = {.operator= load->actor->operator};
    want_many(load, LEDGER_SHARED, &key, to, LEDGERS_A_LINE);
}

void want_works(struct load *load, int64_t closure, struct work to[WORKS_A_CLOSURE]) {
    struct key key = {.id = closure, .operator= load->actor->operator};
    want_many(load, WORK_OF_CLOSURE, &key, to, WORKS_A_CLOSURE);
}

static void by_text(struct load *load, enum statement_id statement, const char *text, void *rows,
                    size_t room) {
    struct key key = {.operator= load->actor->operator};
    size_t length = strlen(text);
    assert(length < sizeof key.text);
    memcpy(key.text, text, length);
    want_many(load, statement, &key, rows, room);
}

void want_account_by_email(struct load *load, const char *email, struct account *to) {
    by_text(load, ACCOUNT_BY_EMAIL, email, to, 1);
}

void want_subscriber_by_document(struct load *load, const char *document_key,
                                 struct subscriber *to) {
    by_text(load, SUBSCRIBER_BY_DOCUMENT, document_key, to, 1);
}

void want_lines_of_document(struct load *load, const char *document_key,
                            struct line to[LINES_A_SUBSCRIBER]) {
    by_text(load, LINES_OF_DOCUMENT, document_key, to, LINES_A_SUBSCRIBER);
}

struct ledger_account *ledger_find(struct ledger_account accounts[LEDGERS_A_LINE],
                                   enum ledger_kind kind) {
    for (size_t i = 0; i < LEDGERS_A_LINE; i++)
        if (accounts[i].id && accounts[i].kind == (int64_t)kind)
            return &accounts[i];
    return NULL;
}

void put_budget(struct outcome *out, const struct budget *row) {
    outcome_put(out, BUDGET_ADD, row);
}

void add_line(struct outcome *out, const struct line *row) {
    outcome_put(out, LINE_ADD, row);
}

void add_closure(struct outcome *out, const struct closure *row) {
    outcome_put(out, CLOSURE_ADD, row);
}

void add_account(struct outcome *out, const struct account *row) {
    outcome_put(out, ACCOUNT_ADD, row);
}

void add_account_line(struct outcome *out, const struct account_line *row) {
    outcome_put(out, ACCOUNT_LINE_ADD, row);
}

void add_session(struct outcome *out, const struct session *row) {
    outcome_put(out, SESSION_ADD, row);
}

void add_challenge(struct outcome *out, const struct challenge *row) {
    outcome_put(out, CHALLENGE_ADD, row);
}

void add_contact(struct outcome *out, const struct contact *row) {
    outcome_put(out, CONTACT_ADD, row);
}

void add_subscriber(struct outcome *out, const struct subscriber *row) {
    outcome_put(out, SUBSCRIBER_ADD, row);
}

void add_number(struct outcome *out, const struct number *row) {
    outcome_put(out, NUMBER_ADD, row);
}

void add_sim(struct outcome *out, const struct sim *row) {
    outcome_put(out, SIM_ADD, row);
}

void add_work(struct outcome *out, const struct work *row) {
    outcome_put(out, WORK_ADD, row);
}

void put_line(struct outcome *out, const struct line *row) {
    outcome_put(out, LINE_PUT, row);
}

void put_closure(struct outcome *out, const struct closure *row) {
    outcome_put(out, CLOSURE_PUT, row);
}

void put_account(struct outcome *out, const struct account *row) {
    outcome_put(out, ACCOUNT_PUT, row);
}

void put_session(struct outcome *out, const struct session *row) {
    outcome_put(out, SESSION_PUT, row);
}

void put_challenge(struct outcome *out, const struct challenge *row) {
    outcome_put(out, CHALLENGE_PUT, row);
}

void put_contact(struct outcome *out, const struct contact *row) {
    outcome_put(out, CONTACT_PUT, row);
}

void put_subscriber(struct outcome *out, const struct subscriber *row) {
    outcome_put(out, SUBSCRIBER_PUT, row);
}

void put_number(struct outcome *out, const struct number *row) {
    outcome_put(out, NUMBER_PUT, row);
}

void put_work(struct outcome *out, const struct work *row) {
    outcome_put(out, WORK_PUT, row);
}

void put_effect(struct outcome *out, const struct effect *row) {
    outcome_put(out, EFFECT_PUT, row);
}
