#include "web/api/bearer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "commands/api_key.h"
#include "commands/session.h"

enum { BEARER_LONGEST = 128 }; /* bytes of a key or token; what is longer is none */

/* Is the key that was read still what the request takes it for? */
static enum refusal key_stands(struct request *request, const struct want *want) {
    const struct api_key *row = want->rows;
    if (want->count == 1 && row->id && !row->revoked_at)
        return ACCEPTED;
    request_key_gone(request, want->in);
    return REFUSED_NOT_SIGNED_IN;
}

enum refusal bearer_check(struct request *request) {
    struct want *want = request->unchecked;
    if (!want)
        return ACCEPTED;
    if (!want->count && request_read(request, want, 1) != STORE_OK)
        return REFUSED_BUSY;
    request->unchecked = NULL;
    return key_stands(request, want);
}

/* A key, once read, is taken for good until it is read again along with what is shown, or by the
 * committer along with what is decided: a read of its own would cost as much as the rest. One that
 * is not known is read first, so that strangers are turned away with the least work. */
static enum refusal integrator(struct request *request, const char *given) {
    struct key *key = arena_take(&request->arena, sizeof *key);
    struct api_key *row = arena_take(&request->arena, sizeof *row);
    struct want *want = arena_take(&request->arena, sizeof *want);
    if (!key || !row || !want)
        return REFUSED_BUSY;
    *key = (struct key){.operator= request->tenant->id };
    *want = (struct want){.statement = API_KEY_BY_HASH, .in = key, .rows = row, .room = 1};
    api_key_hash(request->site->secrets, given, key->hash);
    if (request_key_known(request, key, row)) {
        request->unchecked = want;
    } else {
        if (request_read(request, want, 1) != STORE_OK)
            return REFUSED_BUSY;
        enum refusal refusal = key_stands(request, want);
        if (refusal)
            return refusal;
        request_key_keep(request, row);
    }
    request->actor.kind = ACTOR_API;
    request->actor.id = row->id;
    snprintf(request->actor.scopes, sizeof request->actor.scopes, "%s", row->scopes);
    return ACCEPTED;
}

/* Never from memory: a session that has ended must be seen to have. */
static enum refusal subscriber(struct request *request, const char *given) {
    struct key key = {.operator= request->tenant->id };
    struct session row = {0};
    struct want want = {.statement = SESSION_BY_TOKEN, .in = &key, .rows = &row, .room = 1};
    session_token_hash(request->site->secrets, given, key.hash);
    if (request_read(request, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    if (want.count != 1 || !session_access_live(&row, request->now))
        return REFUSED_NOT_SIGNED_IN;
    request->session = row;
    request->actor.kind = ACTOR_SUBSCRIBER;
    request->actor.id = row.account;
    request->actor.session = row.id;
    return ACCEPTED;
}

enum refusal api_actor(struct request *request) {
    const char *given = request_header(request, "Authorization");
    if (!request->tenant)
        return REFUSED_NOT_SIGNED_IN;
    if (!given)
        return request->route->flags & ROUTE_NOBODY ? ACCEPTED : REFUSED_NOT_SIGNED_IN;
    if (strncasecmp(given, "Bearer ", 7) != 0 || strlen(given + 7) > BEARER_LONGEST)
        return REFUSED_NOT_SIGNED_IN;
    given += 7;
    if (session_is_access(given))
        return subscriber(request, given);
    return session_is_refresh(given) ? REFUSED_NOT_SIGNED_IN : integrator(request, given);
}
