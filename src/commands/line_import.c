#include "commands/line_import.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/amount.h"
#include "base/civil.h"
#include "rules/contact.h"
#include "rules/identifier.h"
#include "rules/match.h"

static const struct field input[] = {
    INPUT(FIELD_TEXT, line_import, number, 8, 19, "The number, E.164"),
    INPUT(FIELD_TEXT, line_import, iccid, 18, 20, "The SIM's ICCID"),
    INPUT(FIELD_TEXT, line_import, imsi, 6, 15, "The SIM's IMSI"),
    INPUT(FIELD_TEXT, line_import, plan, 0, 63, "The plan's name"),
    INPUT(FIELD_TIME, line_import, sim_since, 1, INT64_MAX, "Since when this SIM has the number"),
    INPUT(FIELD_TIME, line_import, activated_at, 1, INT64_MAX, "Since when the line is there"),
    INPUT(FIELD_TIME, line_import, expires_at, 0, INT64_MAX, "When its validity ends"),
    INPUT(FIELD_INT, line_import, paid_minor, 0, INT64_MAX, "Paid credit, minor units"),
    INPUT(FIELD_INT, line_import, promotional_minor, 0, INT64_MAX,
          "Promotional credit, minor units"),
    INPUT(FIELD_INT, line_import, kind, SUBSCRIBER_PERSON, SUBSCRIBER_COMPANY,
          "1 a person, 2 a company"),
    INPUT(FIELD_TEXT, line_import, name, 1, NAME_SIZE - 1, "Name in Latin letters"),
    INPUT(FIELD_TEXT, line_import, name_zh, 0, NAME_SIZE - 1, "Name in Chinese"),
    INPUT(FIELD_TEXT, line_import, birth, 0, 10, "Date of birth"),
    INPUT(FIELD_TEXT, line_import, document_type, 1, CODE_SIZE - 1, "Kind of document"),
    INPUT(FIELD_TEXT, line_import, document, 1, DOCUMENT_SIZE - 1, "Number of the document"),
    INPUT(FIELD_TEXT, line_import, email, 0, EMAIL_SIZE - 1, "E-mail address"),
    INPUT(FIELD_TIME, line_import, email_since, 0, INT64_MAX, "Since when it is registered"),
    INPUT(FIELD_TEXT, line_import, language, 1, 15, "Language of the messages"),
    INPUT(FIELD_INT, line_import, second_role, SECOND_NONE, SECOND_RESPONSIBLE_PERSON,
          "0 no second person, 1 an endorsing adult, 2 a responsible person"),
    INPUT(FIELD_TEXT, line_import, second_name, 0, NAME_SIZE - 1, "Their name in Latin letters"),
    INPUT(FIELD_TEXT, line_import, second_name_zh, 0, NAME_SIZE - 1, "Their name in Chinese"),
    INPUT(FIELD_TEXT, line_import, second_birth, 0, 10, "Their date of birth"),
    INPUT(FIELD_TEXT, line_import, second_document_type, 0, CODE_SIZE - 1, "Their document's kind"),
    INPUT(FIELD_TEXT, line_import, second_document, 0, DOCUMENT_SIZE - 1, "Its number"),
    FIELD_END,
};

struct rows {
    struct number number;
    struct sim sim, imsi;
    struct line line, held;                   /* that has the number; that is locked */
    struct subscriber subscriber, registered; /* of the document; that is locked */
    struct line lines[LINES_A_SUBSCRIBER];
    struct ledger_account shared[LEDGERS_A_LINE];
    /* of the line that has the number now */
    struct closure closure;
    struct contact contacts[CONTACTS_A_LINE];
    struct second_person second;
    struct ledger_account ledgers[LEDGERS_A_LINE];
};

enum { KEY_SIZE = DOCUMENT_SIZE + CODE_SIZE };

/* "hkid:A123456(3)", as document_key() makes it of a normalised document. */
static void key_of(const struct line_import *in, char key[KEY_SIZE]) {
    struct document document = {.type = document_type_of(in->document_type)};
    memcpy(document.number, in->document, sizeof document.number);
    document_key(&document, key);
}

static void load(struct load *load, const void *given, void *rows) {
    const struct line_import *in = given;
    struct rows *r = rows;
    struct key of_number = {.operator= load->actor->operator}, of_imsi = {0};
    char key[KEY_SIZE];
    key_of(in, key);
    memcpy(of_number.text, in->number, strlen(in->number));
    memcpy(of_imsi.text, in->imsi, strlen(in->imsi));
    want_line(load, load->holds.line, &r->held);
    want_subscriber(load, load->holds.subscriber, &r->registered);
    want_second_person(load, load->holds.line, &r->second);
    want_number(load, number_id(load->secrets, in->number), &r->number);
    want_sim(load, sim_id(load->secrets, in->iccid), &r->sim);
    want_one(load, SIM_BY_IMSI, &of_imsi, 0, &r->imsi);
    want_one(load, LINE_BY_NUMBER, &of_number, 0, &r->line);
    want_subscriber_by_document(load, key, &r->subscriber);
    want_lines_of_document(load, key, r->lines);
    want_ledgers_shared(load, r->shared);
    want_one(load, CLOSURE_OF_NUMBER, &of_number, 0, &r->closure);
    want_many(load, CONTACTS_OF_NUMBER, &of_number, r->contacts, CONTACTS_A_LINE);
    want_many(load, LEDGER_OF_NUMBER, &of_number, r->ledgers, LEDGERS_A_LINE);
}

/* --- a line that is in already --- */

static bool same_line(const struct rows *r) {
    return r->line.id && r->subscriber.id && r->line.subscriber == r->subscriber.id;
}

/* A document belongs to one person: what is registered under it is not overwritten by a row. */
static enum refusal check_person(const struct line_import *in, const struct subscriber *there) {
    if (!there->id)
        return ACCEPTED;
    if (there->kind != in->kind)
        return REFUSED_KIND_DIFFERS;
    if (strcasecmp(there->name, in->name) != 0)
        return REFUSED_NAME_DIFFERS;
    if (strcmp(there->name_zh, in->name_zh) != 0)
        return REFUSED_NAME_ZH_DIFFERS;
    return strcmp(there->birth, in->birth) != 0 ? REFUSED_BIRTH_DIFFERS : ACCEPTED;
}

static bool sim_differs(const struct line_import *in, const struct line *line) {
    return strcmp(line->iccid, in->iccid) != 0 || strcmp(line->imsi, in->imsi) != 0;
}

/* A change is as young as the row says; a row that does not say it was made after what was known
 * cannot make it older than this import. */
static int64_t changed_at(int64_t said, int64_t known, int64_t now) {
    return said > known && said <= now ? said : now;
}

static void change_sim(struct outcome *out, const struct line_import *in, struct line *line) {
    line->sim_since = changed_at(in->sim_since, line->sim_since, out->now);
    struct sim sim = {.id = sim_id(out->secrets, in->iccid),
                      .operator= line->operator,
                      .line = line->id,
                      .since = line->sim_since};
    memcpy(line->iccid, in->iccid, sizeof line->iccid);
    memcpy(line->imsi, in->imsi, sizeof line->imsi);
    memcpy(sim.iccid, in->iccid, sizeof sim.iccid);
    memcpy(sim.imsi, in->imsi, sizeof sim.imsi);
    add_sim(out, &sim);
}

static void contact_of(struct outcome *out, const struct line_import *in, const struct line *line,
                       int64_t since) {
    struct contact contact = {.id = outcome_id(out),
                              .operator= line->operator,
                              .line = line->id,
                              .kind = CONTACT_EMAIL,
                              .since = since};
    memcpy(contact.address, in->email, sizeof contact.address);
    add_contact(out, &contact);
}

/* A row without an address says nothing of the ones there are. */
static bool contact_known(const struct line_import *in, const struct rows *r) {
    bool known = !in->email[0];
    for (size_t i = 0; !known && i < CONTACTS_A_LINE; i++)
        known = r->contacts[i].id && strcmp(r->contacts[i].address, in->email) == 0;
    return known;
}

/* Told to the line and to the contacts there were, so that nobody takes a line over in silence;
 * a contact that came with the change is told nothing. */
static void tell_changed(struct outcome *out, const struct rows *r, enum effect_kind kind) {
    outcome_effect(out, kind, "sms", r->line.id, r->line.id, 0, 0, 0);
    for (size_t i = 0; i < CONTACTS_A_LINE; i++)
        if (r->contacts[i].id)
            outcome_effect(out, kind, "mail", r->line.id, r->line.id, r->contacts[i].id, 0, 0);
}

static struct second_person second_of(const struct line_import *in, const struct line *line) {
    struct second_person row = {.id = line->id,
                                .operator= line->operator,
                                .subscriber = line->subscriber,
                                .role = in->second_role};
    memcpy(row.name, in->second_name, sizeof row.name);
    memcpy(row.name_zh, in->second_name_zh, sizeof row.name_zh);
    memcpy(row.birth, in->second_birth, sizeof row.birth);
    memcpy(row.document_type, in->second_document_type, sizeof row.document_type);
    memcpy(row.document, in->second_document, sizeof row.document);
    return row;
}

/* A row without a second person says nothing of the one there is. */
static bool second_known(const struct line_import *in, const struct second_person *there) {
    return !in->second_role || (there->id && there->role == in->second_role &&
                                strcasecmp(there->name, in->second_name) == 0 &&
                                strcmp(there->name_zh, in->second_name_zh) == 0 &&
                                strcmp(there->birth, in->second_birth) == 0 &&
                                strcmp(there->document_type, in->second_document_type) == 0 &&
                                strcmp(there->document, in->second_document) == 0);
}

/* A body's responsible person leaves, an adult dies: another one replaces them, and is told of like
 * any change of who may ask. One that is brought in later, of a line that came without, takes
 * nobody's place. */
static void change_second(struct outcome *out, const struct line_import *in, const struct rows *r) {
    struct second_person row = second_of(in, &r->line);
    if (!r->second.id) {
        add_second_person(out, &row);
        return;
    }
    put_second_person(out, &row);
    tell_changed(out, r, EFFECT_SECOND_CHANGED);
}

/* Another address replaces them. */
static void change_contact(struct outcome *out, const struct line_import *in, const struct rows *r,
                           struct line *line) {
    int64_t known = 0;
    for (size_t i = 0; i < CONTACTS_A_LINE; i++) {
        struct contact old = r->contacts[i];
        if (!old.id)
            continue;
        known = old.since > known ? old.since : known;
        contact_end(&old, out->policy, out->now);
        put_contact(out, &old);
    }
    line->contact_changed_at = changed_at(in->email_since, known, out->now);
    contact_of(out, in, line, line->contact_changed_at);
}

static int64_t missing(struct ledger_account ledgers[LEDGERS_A_LINE], enum ledger_kind kind,
                       int64_t wanted) {
    const struct ledger_account *account = ledger_find(ledgers, kind);
    assert(account); /* made with the line */
    return wanted - account->balance;
}

static void change_credit(struct outcome *out, struct ledger_account ledgers[LEDGERS_A_LINE],
                          enum ledger_kind kind, int64_t amount, const struct rows *r) {
    struct ledger_account shared[LEDGERS_A_LINE];
    memcpy(shared, r->shared, sizeof shared);
    struct ledger_account *opening = ledger_find(shared, LEDGER_OPENING);
    assert(opening); /* made with the operator */
    bool good = !amount || (outcome_post(out, opening, MOVED_OPENING, -amount) &&
                            outcome_post(out, ledger_find(ledgers, kind), MOVED_OPENING, amount));
    assert(good); /* the new balance is not negative */
    (void)good;
}

/* The number and the person are those of a line that is here: what changed since is brought in, all
 * or nothing. While the line is being cut nothing of it moves. */
static enum refusal change(struct outcome *out, const struct line_import *in,
                           const struct rows *r) {
    struct line line = r->line;
    struct ledger_account ledgers[LEDGERS_A_LINE];
    memcpy(ledgers, r->ledgers, sizeof ledgers);
    bool sim = sim_differs(in, &line), contact = !contact_known(in, r);
    bool second = !second_known(in, &r->second);
    int64_t paid = missing(ledgers, LEDGER_PAID, in->paid_minor);
    int64_t promotional = missing(ledgers, LEDGER_PROMOTIONAL, in->promotional_minor);
    if (sim && (r->sim.id || r->imsi.id))
        return REFUSED_SIM_USED;
    if ((sim || contact || second || paid || promotional) && r->closure.executing_at)
        return REFUSED_LINE_CLOSING;
    if (sim) {
        change_sim(out, in, &line);
        tell_changed(out, r, EFFECT_SIM_CHANGED);
    }
    if (contact) {
        change_contact(out, in, r, &line);
        tell_changed(out, r, EFFECT_CONTACT_CHANGED);
    }
    if (second)
        change_second(out, in, r);
    change_credit(out, ledgers, LEDGER_PAID, paid, r);
    change_credit(out, ledgers, LEDGER_PROMOTIONAL, promotional, r);
    bool less = line.online_minor > in->paid_minor; /* of what is left */
    if (less)
        line.online_minor = in->paid_minor;
    if (sim)
        put_line_sim(out, &line);
    else if (contact || less)
        put_line(out, &line);
    return out->count ? ACCEPTED : REFUSED_UNCHANGED;
}

/* --- a new line --- */

static enum refusal check_number(const struct outcome *out, const struct line_import *in,
                                 const struct rows *r) {
    const struct number *number = &r->number;
    bool rests = number->state == NUMBER_QUARANTINED && number->until > out->now;
    if (!number_in_blocks(in->number, out->policy->blocks, out->policy->block_count))
        return REFUSED_NUMBER_RANGE;
    if (!number->id)
        return ACCEPTED;
    if (number->state == NUMBER_ASSIGNED || (rests && number->operator!= out->actor->operator))
        return REFUSED_NUMBER_TAKEN; /* of another operator's number it is not said why */
    return rests ? REFUSED_NUMBER_QUARANTINED : ACCEPTED;
}

/* Who may endorse a child or answer for a body: an adult, by a document of their own. */
static enum refusal check_second(const struct outcome *out, const struct line_import *in) {
    if (!in->second_role)
        return ACCEPTED;
    bool adult = in->second_role == SECOND_ENDORSING_ADULT;
    enum document_type type = document_type_of(in->second_document_type);
    int age = civil_age(in->second_birth, out->now, (int)out->policy->utc_offset_minutes);
    bool good = adult == (in->kind == SUBSCRIBER_PERSON) && document_type_accepted(type) &&
                type != DOCUMENT_BUSINESS_REGISTRATION && in->second_name[0] &&
                in->second_document[0] && age >= AGE_ADULT;
    bool own = strcmp(in->second_document_type, in->document_type) == 0 &&
               strcmp(in->second_document, in->document) == 0;
    return good && !own ? ACCEPTED : REFUSED_SECOND_PERSON;
}

static enum refusal check(const struct outcome *out, const struct line_import *in,
                          const struct rows *r) {
    if (in->paid_minor < 0 || in->promotional_minor < 0 || in->paid_minor > AMOUNT_MOST ||
        in->promotional_minor > AMOUNT_MOST)
        return REFUSED_AMOUNT;
    if (!document_type_accepted(document_type_of(in->document_type)))
        return REFUSED_DOCUMENT_TYPE;
    enum refusal no = check_second(out, in);
    if (!no)
        no = check_person(in, &r->subscriber);
    if (no || same_line(r))
        return no;
    no = check_number(out, in, r);
    if (no)
        return no;
    if (r->sim.id || r->imsi.id)
        return REFUSED_SIM_USED;
    int64_t cap =
        in->kind == SUBSCRIBER_COMPANY ? out->policy->cap_company : out->policy->cap_person;
    int64_t has = 0;
    for (size_t i = 0; i < LINES_A_SUBSCRIBER; i++)
        has += r->lines[i].id != 0;
    return has >= cap ? REFUSED_CAP : ACCEPTED;
}

/* The registered person of the document: as registered, or new. */
static int64_t subscriber_of(struct outcome *out, const struct line_import *in,
                             const struct rows *r) {
    struct subscriber row = r->subscriber;
    if (row.id) {
        if (row.erase_after) { /* comes back before the old registration was erased */
            row.erase_after = 0;
            put_subscriber(out, &row);
        }
        return row.id;
    }
    row = (struct subscriber){.id = outcome_id(out),
                              .operator= out->actor->operator,
                              .kind = in->kind,
                              .registered_at = in->activated_at};
    memcpy(row.name, in->name, sizeof row.name);
    memcpy(row.name_zh, in->name_zh, sizeof row.name_zh);
    memcpy(row.birth, in->birth, sizeof row.birth);
    memcpy(row.document_type, in->document_type, sizeof row.document_type);
    memcpy(row.document, in->document, sizeof row.document);
    key_of(in, row.document_key);
    memcpy(row.language, in->language, sizeof row.language);
    add_subscriber(out, &row);
    return row.id;
}

static void assign(struct outcome *out, const struct line_import *in, const struct rows *r,
                   const struct line *line) {
    struct number number = {.id = number_id(out->secrets, in->number),
                            .operator= line->operator,
                            .state = NUMBER_ASSIGNED,
                            .line = line->id,
                            .since = line->activated_at};
    struct sim sim = {.id = sim_id(out->secrets, in->iccid),
                      .operator= line->operator,
                      .line = line->id,
                      .since = in->sim_since};
    memcpy(number.number, in->number, sizeof number.number);
    memcpy(sim.iccid, in->iccid, sizeof sim.iccid);
    memcpy(sim.imsi, in->imsi, sizeof sim.imsi);
    if (r->number.id)
        outcome_put(out, NUMBER_TAKE, &number);
    else
        add_number(out, &number);
    add_sim(out, &sim);
    if (in->email[0])
        contact_of(out, in, line, in->email_since);
}

/* The two accounts of the line, opened from the operator's opening account. */
static bool open_ledger(struct outcome *out, const struct line_import *in, const struct rows *r,
                        const struct line *line) {
    static const enum ledger_kind kinds[] = {LEDGER_PAID, LEDGER_PROMOTIONAL};
    const int64_t amounts[] = {in->paid_minor, in->promotional_minor};
    struct ledger_account shared[LEDGERS_A_LINE];
    memcpy(shared, r->shared, sizeof shared);
    struct ledger_account *opening = ledger_find(shared, LEDGER_OPENING);
    assert(opening); /* made with the operator */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct ledger_account account = {
            .id = outcome_id(out), .operator= line->operator, .line = line->id, .kind = kinds[i]};
        memcpy(account.currency, out->policy->currency, sizeof account.currency);
        outcome_put(out, LEDGER_ADD, &account);
        if (amounts[i] && !outcome_move(out, opening, &account, MOVED_OPENING, amounts[i]))
            return false;
    }
    return true;
}

static enum refusal decide(struct outcome *out, const void *given, const void *rows) {
    const struct line_import *in = given;
    const struct rows *r = rows;
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    /* Found by number and document, they are not locked: a closure may be deciding on them. */
    if (r->line.id != r->held.id || r->subscriber.id != r->registered.id)
        return outcome_hold(out, r->line.id, r->subscriber.id);
    enum refusal no = check(out, in, r);
    if (no)
        return no;
    if (same_line(r)) {
        out->subject = out->result = r->line.id;
        return change(out, in, r);
    }
    bool expired = in->expires_at && in->expires_at <= out->now;
    struct line line = {.id = outcome_id(out),
                        .operator= out->actor->operator,
                        .subscriber = subscriber_of(out, in, r),
                        .state = expired ? LINE_EXPIRED : LINE_ACTIVE,
                        .activated_at = in->activated_at,
                        .expires_at = in->expires_at,
                        .sim_since = in->sim_since,
                        .contact_changed_at = in->email[0] ? in->email_since : 0,
                        .imported_at = out->now};
    memcpy(line.number, in->number, sizeof line.number);
    memcpy(line.iccid, in->iccid, sizeof line.iccid);
    memcpy(line.imsi, in->imsi, sizeof line.imsi);
    memcpy(line.plan, in->plan, sizeof line.plan);
    add_line(out, &line);
    assign(out, in, r, &line);
    if (in->second_role) {
        struct second_person second = second_of(in, &line);
        add_second_person(out, &second);
    }
    bool opened = open_ledger(out, in, r, &line);
    assert(opened); /* a new account of an amount that is not negative */
    (void)opened;
    out->subject = out->result = line.id;
    return ACCEPTED;
}

static const enum refusal refusals[] = {
    REFUSED_UNCHANGED,
    REFUSED_AMOUNT,
    REFUSED_DOCUMENT_TYPE,
    REFUSED_SECOND_PERSON,
    REFUSED_NUMBER_RANGE,
    REFUSED_NUMBER_QUARANTINED,
    REFUSED_SIM_USED,
    REFUSED_NUMBER_TAKEN,
    REFUSED_CAP,
    REFUSED_LINE_CLOSING,
    REFUSED_KIND_DIFFERS,
    REFUSED_NAME_DIFFERS,
    REFUSED_NAME_ZH_DIFFERS,
    REFUSED_BIRTH_DIFFERS,
    REFUSED_BUSY,
    ACCEPTED,
};

const struct verb line_import_verb = {
    .name = "line.import",
    .help = "Bring in one line with its registration, SIM, contact and credit",
    .who = ACTOR_SYSTEM,
    .view = "line",
    .input = input,
    .input_size = sizeof(struct line_import),
    .rows_size = sizeof(struct rows),
    .money = true,
    .internal = true,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
