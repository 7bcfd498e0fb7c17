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

/* What another system calls a thing belongs to the operator whose system it is. */
static int64_t named_id(const struct secrets *secrets, const char *purpose, int64_t operator,
                        const char * name) {
    char text[120];
    int length = snprintf(text, sizeof text, "%lld:%s", (long long)operator, name);
    assert(length > 0 && (size_t)length < sizeof text);
    return hash_id(secrets, purpose, text);
}

int64_t charge_id(const struct secrets *secrets, int64_t operator, const char * transaction) {
    return named_id(secrets, "charge", operator, transaction);
}

int64_t mandate_id(const struct secrets *secrets, int64_t operator, const char * reference) {
    return named_id(secrets, "mandate", operator, reference);
}

int64_t budget_id(const struct secrets *secrets, int64_t operator, const char * scope,
                  const char *subject) {
    char text[400];
    int length = snprintf(text, sizeof text, "%lld:%s:%s", (long long)operator, scope, subject);
    assert(length > 0 && (size_t)length < sizeof text);
    return hash_id(secrets, "budget", text);
}

/* A key belongs to the session it was given in: another one of the same account has not proved what
 * that one had. */
int64_t remembered_id(const struct secrets *secrets, const struct actor *actor, const char *verb,
                      const char *key) {
    char text[320];
    int64_t whose = actor->session ? actor->session : actor->id;
    int length =
        snprintf(text, sizeof text, "%lld:%d:%lld:%s:%s",
                 (long long)actor->operator,(int) actor->kind, (long long)whose, verb, key);
    assert(length > 0 && (size_t)length < sizeof text);
    return hash_id(secrets, "remembered", text);
}

/* Nothing has the id 0: it is not asked for. */
static void by_id(struct load *load, enum statement_id statement, int64_t id, void *to) {
    struct key key = {.id = id, .operator= load->actor->operator};
    if (id)
        want_one(load, statement, &key, id, to);
}

static void by_id_locked(struct load *load, enum statement_id statement, int64_t id, void *to) {
    by_id(load, statement, id, to);
    if (id)
        want_lock(load);
}

void want_line(struct load *load, int64_t id, struct line *to) {
    by_id_locked(load, LINE_BY_ID, id, to);
}

void want_subscriber(struct load *load, int64_t id, struct subscriber *to) {
    by_id_locked(load, SUBSCRIBER_BY_ID, id, to);
}

void want_closure(struct load *load, int64_t id, struct closure *to) {
    by_id(load, CLOSURE_BY_ID, id, to);
}

void want_account(struct load *load, int64_t id, struct account *to) {
    by_id_locked(load, ACCOUNT_BY_ID, id, to);
}

void want_session(struct load *load, int64_t id, struct session *to) {
    by_id(load, SESSION_BY_ID, id, to);
}

void want_challenge(struct load *load, int64_t id, struct challenge *to) {
    by_id_locked(load, CHALLENGE_BY_ID, id, to);
}

void want_contact(struct load *load, int64_t id, struct contact *to) {
    by_id(load, CONTACT_BY_ID, id, to);
}

void want_work(struct load *load, int64_t id, struct work *to) {
    by_id_locked(load, WORK_BY_ID, id, to);
}

void want_effect(struct load *load, int64_t id, struct effect *to) {
    by_id_locked(load, EFFECT_BY_ID, id, to);
}

void want_suspension(struct load *load, int64_t id, struct suspension *to) {
    by_id(load, SUSPENSION_BY_ID, id, to);
}

void want_staff(struct load *load, int64_t id, struct staff *to) {
    by_id(load, STAFF_BY_ID, id, to);
}

void want_staff_locked(struct load *load, int64_t id, struct staff *to) {
    by_id_locked(load, STAFF_BY_ID, id, to);
}

void want_api_key(struct load *load, int64_t id, struct api_key *to) {
    by_id_locked(load, API_KEY_BY_ID, id, to);
}

void want_number(struct load *load, int64_t id, struct number *to) {
    by_id_locked(load, NUMBER_BY_ID, id, to);
}

void want_sim(struct load *load, int64_t id, struct sim *to) {
    by_id(load, SIM_BY_ID, id, to);
}

void want_budget(struct load *load, int64_t id, struct budget *to) {
    by_id(load, BUDGET_BY_ID, id, to);
}

/* What hangs on the row of an id; nothing hangs on 0. */
static void of_id(struct load *load, enum statement_id statement, int64_t id, void *rows,
                  size_t room) {
    struct key key = {.id = id, .operator= load->actor->operator};
    if (id)
        want_many(load, statement, &key, rows, room);
}

void want_closure_of(struct load *load, int64_t line, struct closure *to) {
    of_id(load, CLOSURE_OF_LINE, line, to, 1);
}

void want_suspension_of(struct load *load, int64_t line, struct suspension *to) {
    of_id(load, SUSPENSION_OF_LINE, line, to, 1);
}

void want_subscriber_of(struct load *load, int64_t line, struct subscriber *to) {
    of_id(load, SUBSCRIBER_OF_LINE, line, to, 1);
}

void want_subscriber_locked(struct load *load, int64_t line, struct subscriber *to) {
    of_id(load, SUBSCRIBER_OF_LINE, line, to, 1);
    if (line)
        want_lock(load);
}

void want_second_person(struct load *load, int64_t line, struct second_person *to) {
    by_id(load, SECOND_PERSON_BY_ID, line, to);
}

void want_registered_of(struct load *load, int64_t line, struct registered *to) {
    want_subscriber_of(load, line, &to->subscriber);
    want_second_person(load, line, &to->second);
}

void want_account_line(struct load *load, int64_t account, int64_t line, struct account_line *to) {
    struct key key = {.id = account, .operator= load->actor->operator, .other = line };
    if (account && line)
        want_one(load, ACCOUNT_LINE_OF, &key, 0, to);
}

void want_rules(struct load *load, struct rules_version *to) {
    struct key key = {.id = 1};
    want_one(load, RULES_VERSION_BY_ID, &key, key.id, to);
    want_lock(load);
}

void want_contacts(struct load *load, int64_t line, struct contact to[CONTACTS_A_LINE]) {
    of_id(load, CONTACTS_OF_LINE, line, to, CONTACTS_PRESENT);
    of_id(load, CONTACTS_REMOVED, line, to + CONTACTS_PRESENT, CONTACTS_A_LINE - CONTACTS_PRESENT);
}

void want_ledgers(struct load *load, int64_t line, struct ledger_account to[LEDGERS_A_LINE]) {
    of_id(load, LEDGER_OF_LINE, line, to, LEDGERS_A_LINE);
}

void want_ledgers_shared(struct load *load, struct ledger_account to[LEDGERS_A_LINE]) {
    struct key key = {.operator= load->actor->operator};
    want_many(load, LEDGER_SHARED, &key, to, LEDGERS_A_LINE);
}

void want_works(struct load *load, int64_t closure, struct work to[WORKS_A_CLOSURE]) {
    of_id(load, WORK_OF_CLOSURE, closure, to, WORKS_A_CLOSURE);
}

void want_suspension_works(struct load *load, int64_t line, struct work to[WORKS_A_CLOSURE]) {
    of_id(load, WORK_OF_SUSPENSION, line, to, WORKS_A_CLOSURE);
}

void want_closure_line(struct load *load, int64_t closure, struct line *to) {
    of_id(load, LINE_OF_CLOSURE, closure, to, 1);
}

void want_closure_ledgers(struct load *load, int64_t closure,
                          struct ledger_account to[LEDGERS_A_LINE]) {
    of_id(load, LEDGER_OF_CLOSURE, closure, to, LEDGERS_A_LINE);
}

void want_closure_contact(struct load *load, int64_t closure, struct contact *to) {
    of_id(load, CONTACT_OF_CLOSURE, closure, to, 1);
}

void want_documents(struct load *load, int64_t closure,
                    struct document_row to[DOCUMENTS_A_CLOSURE]) {
    of_id(load, DOCUMENTS_OF_CLOSURE, closure, to, DOCUMENTS_A_CLOSURE);
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

void add_suspension(struct outcome *out, const struct suspension *row) {
    outcome_put(out, SUSPENSION_ADD, row);
}

void put_suspension(struct outcome *out, const struct suspension *row) {
    outcome_put(out, SUSPENSION_PUT, row);
}

void add_account(struct outcome *out, const struct account *row) {
    outcome_put(out, ACCOUNT_ADD, row);
}

void add_account_line(struct outcome *out, const struct account_line *row) {
    outcome_put(out, ACCOUNT_LINE_ADD, row);
}

void put_account_line(struct outcome *out, const struct account_line *row) {
    outcome_put(out, ACCOUNT_LINE_PUT, row);
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

void put_line_sim(struct outcome *out, const struct line *row) {
    outcome_put(out, LINE_SIM_PUT, row);
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

void add_second_person(struct outcome *out, const struct second_person *row) {
    outcome_put(out, SECOND_PERSON_ADD, row);
}

void put_second_person(struct outcome *out, const struct second_person *row) {
    outcome_put(out, SECOND_PERSON_PUT, row);
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

void add_document_content(struct outcome *out, const struct document_content *row) {
    outcome_put(out, DOCUMENT_CONTENT_ADD, row);
}

void put_document_content(struct outcome *out, const struct document_content *row) {
    outcome_put(out, DOCUMENT_CONTENT_PUT, row);
}

void add_document_row(struct outcome *out, const struct document_row *row) {
    outcome_put(out, DOCUMENT_ADD, row);
}

void put_document_row(struct outcome *out, const struct document_row *row) {
    outcome_put(out, DOCUMENT_PUT, row);
}

void put_effect(struct outcome *out, const struct effect *row) {
    outcome_put(out, EFFECT_PUT, row);
}

void put_rules(struct outcome *out) {
    struct rules_version row = {.id = 1, .entry = out->entry};
    outcome_put(out, RULES_VERSION_PUT, &row);
}
