#include "web/proofs.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "web/api/endpoint.h"
#include "web/terminal.h"

/* What a key, or a named member of staff, brings by itself. */
enum {
    KEY_BITS = PROOF_SESSION | PROOF_LINKED | PROOF_STEP_UP,
    OWN_BITS = KEY_BITS | PROOF_CLAIMED
};

static const char *const door_names[] = {
    [DOOR_PORTAL] = "portal",
    [DOOR_APP] = "app (REST)",
    [DOOR_INTEGRATOR] = "integrator (REST)",
    [DOOR_TERMINAL] = "terminal",
};
static const char *const situation_names[] = {
    [SITUATION_USUAL] = "usually",
    [NEW_SIM] = "SIM changed lately",
    [NEW_CONTACT] = "contact changed lately",
    [BY_DOCUMENT] = "identity by document",
};
static_assert(sizeof door_names / sizeof *door_names == DOOR_COUNT, "one name each");
static_assert(sizeof situation_names / sizeof *situation_names == SITUATION_COUNT, "one name each");

const char *proofs_door_name(enum proof_door door) {
    return door_names[door];
}

const char *proofs_situation_name(enum proof_situation situation) {
    return situation_names[situation];
}

/* Each bit in words, and how it is given: with a session (portal, app), and with a key. */
static const struct {
    enum proof_bit bit;
    const char *name, *person, *key;
} bits[] = {
    {PROOF_SESSION, "session", "portal: the session's cookie; app: the access token",
     "an API key, or a named member of staff, with the verb's scope"},
    {PROOF_LINKED, "line's own SIM",
     "the session's account once typed a code that was sent to the line's SIM; for the closure "
     "that "
     "it asked for itself without the SIM, that claim counts as this",
     "the line is one of the operator's whose key it is"},
    {PROOF_CLAIMED, "claim of the line",
     "the session's account asked for the line without its SIM: by a contact of age, or by the ID "
     "number",
     "not at this door"},
    {PROOF_STEP_UP, "fresh password",
     "the password within `session.step_up_minutes`: at sign-in or by `session.step_up`",
     "comes with the key, which is looked up each time"},
    {PROOF_IDENTITY, "ID number",
     "the registered number in the verb's input, compared by rules/match.h",
     "the same, in the verb's input"},
    {PROOF_CONFIRMATION, "code or link",
     "the eight digits or the link's secret that came back, in the verb's input",
     "the same, in the verb's input"},
    {PROOF_SECOND_CHANNEL, "second channel",
     "the code or link goes to a contact that was registered `proof.contact_age_days` ago and is "
     "still there; `contact.ask` and `contact.add` know none, so meanwhile they refuse",
     "the same"},
    {PROOF_DOCUMENT, "document",
     "sent with `closure.document`; staff look at it, and until then the closure is not carried "
     "out",
     "the same"},
    {PROOF_STATUS_SECRET, "status secret",
     "shown once when the closure was submitted; portal: in a form; app: in a header or the input",
     "terminal: in a header or the input"},
};

static uint32_t rest_who(const struct verb *verb) {
    const struct endpoint *endpoint;
    uint32_t who = 0;
    for (size_t i = 0; (endpoint = endpoint_at(i)); i++)
        if (endpoint->verb && strcmp(endpoint->verb, verb->name) == 0)
            who |= endpoint_who(i);
    return who;
}

/* Who may give the verb at the door: kinds of actors. */
static uint32_t door_who(const struct verb *verb, enum proof_door door) {
    const uint32_t people = ACTOR_ANONYMOUS | ACTOR_SUBSCRIBER;
    switch (door) {
    case DOOR_PORTAL:
        return verb->internal || verb->app ? 0 : verb->who & people;
    case DOOR_APP:
        return rest_who(verb) & people;
    case DOOR_INTEGRATOR:
        return rest_who(verb) & ACTOR_API;
    default: /* what anybody may do with a code is done so there, too */
        return terminal_verb(verb) ? verb->who & (ACTOR_ANONYMOUS | ACTOR_API | ACTOR_STAFF) : 0;
    }
}

/* A session proves what is a person's own; a key the same of every line of its operator. */
static bool can_give(enum actor_kind kind, uint32_t way) {
    if (kind == ACTOR_ANONYMOUS)
        return !(way & OWN_BITS);
    return kind == ACTOR_SUBSCRIBER || !(way & PROOF_CLAIMED);
}

static enum actor_kind giver(uint32_t who, uint32_t way) {
    static const enum actor_kind kinds[] = {ACTOR_ANONYMOUS, ACTOR_SUBSCRIBER, ACTOR_STAFF,
                                            ACTOR_API};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((who & kinds[i]) && can_give(kinds[i], way))
            return kinds[i];
    return 0;
}

static bool whole_by_key(uint32_t way) {
    return way && !(way & ~(uint32_t)KEY_BITS);
}

size_t proofs_ways(const struct verb *verb, enum proof_door door, struct proof required,
                   struct proof_way ways[PROOF_WAYS]) {
    const uint32_t wanted[PROOF_WAYS] = {required.first, required.other};
    const uint32_t who = door_who(verb, door), keys = who & (ACTOR_API | ACTOR_STAFF);
    const uint32_t both = required.first & required.other;
    bool by_key = whole_by_key(required.first & ~both) || whole_by_key(required.other & ~both);
    size_t count = 0;
    for (size_t i = 0; i < PROOF_WAYS; i++) {
        /* A key that proves all but what both ways ask by coming leaves nothing for another way. */
        bool whole = whole_by_key(wanted[i] & ~both);
        uint32_t may = by_key && !whole ? who & ~keys : who;
        enum actor_kind by = wanted[i] ? giver(may, wanted[i]) : 0;
        if (by)
            ways[count++] = (struct proof_way){by, wanted[i]};
    }
    return count;
}

uint32_t proofs_cells(const struct proof_way *way) {
    bool key = way->by == ACTOR_API || way->by == ACTOR_STAFF;
    return key ? way->bits & ~(uint32_t)PROOF_STEP_UP : way->bits;
}

/* The rows of a situation, as proof_required() reads them. */
struct proof proofs_required(enum proof_situation situation, enum proof_verb prove) {
    const int64_t now = 1000 * DAY;
    struct line line = {.id = 1, .activated_at = DAY, .sim_since = DAY};
    struct policy policy = {.sim_change_days = 7, .contact_age_days = 14};
    if (situation == NEW_SIM)
        line.sim_since = now - DAY;
    if (situation == NEW_CONTACT)
        line.contact_changed_at = now - DAY;
    policy.identity = situation == BY_DOCUMENT ? IDENTITY_DOCUMENT : IDENTITY_MATCH;
    return proof_required(&line, prove, &policy, now);
}

size_t proofs_count(void) {
    const struct verb *verb;
    struct proof_way ways[PROOF_WAYS];
    size_t cells = 0;
    for (size_t i = 0; (verb = verb_at(i)); i++)
        for (int door = 0; verb->prove && door < DOOR_COUNT; door++)
            for (int s = 0; s < SITUATION_COUNT; s++) {
                struct proof required = proofs_required((enum proof_situation)s, verb->prove);
                size_t count = proofs_ways(verb, (enum proof_door)door, required, ways);
                for (size_t k = 0; k < count; k++)
                    cells += (size_t)__builtin_popcount(proofs_cells(&ways[k]));
            }
    return cells;
}

/* --- the page --- */

static const char preface[] =
    "# What must be proved\n\n"
    "This page is written by the program from its own tables; a test fails when it differs. Write "
    "it anew with\n`build/test/api/tables proof > doc/proof.md`, do not edit it. Who may give a "
    "verb at all stands in\n[permissions.md](permissions.md).\n\n"
    "One function answers for all doors (`proof_required`, src/rules/proof.h). It was asked here "
    "about every verb\nin every situation that raises what is demanded. Where two ways stand, "
    "either is enough, whole.\n\n";

static void given_write(struct buffer *out) {
    buffer_text(out, "## How each proof is given\n\n| proof | by people (portal, app) | by "
                     "integrators and staff |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        buffer_format(out, "| %s | %s | %s |\n", bits[i].name, bits[i].person, bits[i].key);
}

static const char *kind_name(enum actor_kind kind) {
    return kind == ACTOR_ANONYMOUS    ? "anybody"
           : kind == ACTOR_SUBSCRIBER ? "subscriber"
           : kind == ACTOR_STAFF      ? "staff"
                                      : "integrator";
}

static void way_write(struct buffer *out, const struct verb *verb, const struct proof_way *way) {
    const char *between = ": ";
    buffer_text(out, kind_name(way->by));
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (way->bits & bits[i].bit) {
            bool later = verb->prove_later & bits[i].bit;
            buffer_format(out, "%s%s%s", between, bits[i].name, later ? " (afterwards)" : "");
            between = ", ";
        }
}

static void verb_write(struct buffer *out, const struct verb *verb) {
    struct proof_way ways[PROOF_WAYS];
    for (int door = 0; door < DOOR_COUNT; door++) {
        if (!door_who(verb, (enum proof_door)door))
            continue;
        buffer_format(out, "| `%s` | %s |", verb->name, door_names[door]);
        for (int s = 0; s < SITUATION_COUNT; s++) {
            struct proof required = proofs_required((enum proof_situation)s, verb->prove);
            size_t count = proofs_ways(verb, (enum proof_door)door, required, ways);
            for (size_t k = 0; k < count; k++) {
                buffer_text(out, k ? "; or " : " ");
                way_write(out, verb, &ways[k]);
            }
            buffer_text(out, " |");
        }
        buffer_text(out, "\n");
    }
}

static void verbs_write(struct buffer *out) {
    const struct verb *verb;
    buffer_format(out,
                  "\n## What each verb demands at each door\n\nA verb without a row for a door is "
                  "not offered there. *(afterwards)*: the verb begins without it, and\nnothing "
                  "comes of it until another verb gives it.\n\n"
                  "That makes %zu cells: one proof, demanded by one way of one verb at one door in "
                  "one situation.\n`test/unit/test_proof_cells.c` goes through them all: without "
                  "just that proof the verb is refused and\nnothing is changed, with all it is "
                  "accepted.\n\n"
                  "| verb | door |",
                  proofs_count());
    for (int s = 0; s < SITUATION_COUNT; s++)
        buffer_format(out, " %s |", situation_names[s]);
    buffer_text(out, "\n|---|---|");
    for (int s = 0; s < SITUATION_COUNT; s++)
        buffer_text(out, "---|");
    buffer_text(out, "\n");
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (verb->prove)
            verb_write(out, verb);
}

static const char *why_none(const struct verb *verb) {
    if (verb->internal || !(verb->who & ~(uint32_t)ACTOR_SYSTEM))
        return "the house itself gives it: no door does";
    if (verb->who & ACTOR_ANONYMOUS)
        return "opens nothing of a line by itself: what it asks for (a code, a password, a token) "
               "the verb checks";
    if (verb->who & ACTOR_SUBSCRIBER)
        return "the account's own sessions and password only; the verb checks whose they are";
    return "the operator's own work, by scope";
}

static void others_write(struct buffer *out) {
    const struct verb *verb;
    buffer_text(out, "\n## Verbs that ask for no such proof\n\n| verb | why |\n|---|---|\n");
    for (size_t i = 0; (verb = verb_at(i)); i++)
        if (!verb->prove)
            buffer_format(out, "| `%s` | %s |\n", verb->name, why_none(verb));
}

void proofs_write(struct buffer *out) {
    buffer_text(out, preface);
    given_write(out);
    verbs_write(out);
    others_write(out);
}
