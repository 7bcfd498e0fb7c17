#include "store/actor.h"

#include <assert.h>
#include <string.h>

struct scope {
    const char *word;
    bool staff_only;
};

static const struct scope scopes_there[] = {
    {"lines:read", false},        {"lines:write", false},  {"closures:read", false},
    {"closures:write", false},    {"effects:read", false}, {"effects:write", false},
    {"policy:read", true},        {"policy:write", true},  {"staff:read", true},
    {"staff:write", true},        {"api_keys:read", true}, {"api_keys:write", true},
    {"network:read", true},       {"network:write", true}, {"identity:read", true},
    {"identity:write", true},     {"journal:read", true},  {"signing_keys:write", true},
    {"certificates:read", false}, {"credit:write", false}, {"refunds:read", false},
    {"refunds:write", true},      {"root", true},
};

const char *scope_at(size_t i, bool *staff_only) {
    if (i >= sizeof scopes_there / sizeof *scopes_there)
        return NULL;
    *staff_only = scopes_there[i].staff_only;
    return scopes_there[i].word;
}

static size_t word_length(const char *text) {
    return strcspn(text, " ");
}

bool scope_has(const char *scopes, const char *word) {
    size_t length = strlen(word);
    for (const char *at = scopes; *at; at += strspn(at, " ")) {
        size_t here = word_length(at);
        if (here && here == length && memcmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

static bool word_known(const char *word, size_t length, bool staff) {
    bool staff_only;
    const char *scope;
    for (size_t i = 0; (scope = scope_at(i, &staff_only)); i++)
        if (strlen(scope) == length && memcmp(scope, word, length) == 0)
            return staff || !staff_only;
    return false;
}

bool scopes_known(const char *scopes, bool staff) {
    size_t words = 0;
    for (const char *at = scopes + strspn(scopes, " "); *at; at += strspn(at, " ")) {
        size_t here = word_length(at);
        if (!word_known(at, here, staff))
            return false;
        words++;
        at += here;
    }
    return words > 0;
}

enum refusal actor_allowed(const struct actor *actor, uint32_t who, const char *scope) {
    bool staff = actor->kind == ACTOR_STAFF;
    bool root = staff && scope_has(actor->scopes, "root");
    assert(who);
    if (!(who & actor->kind))
        return actor->kind == ACTOR_ANONYMOUS ? REFUSED_NOT_SIGNED_IN : REFUSED_NOT_ALLOWED;
    if (!actor->operator&& actor->kind != ACTOR_SYSTEM && !root)
        return REFUSED_NOT_ALLOWED;
    if ((staff || actor->kind == ACTOR_API) && !root && scope && !scope_has(actor->scopes, scope))
        return REFUSED_NOT_ALLOWED;
    return ACCEPTED;
}
