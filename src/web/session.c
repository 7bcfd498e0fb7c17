#include "web/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "commands/session.h"

enum { MAC_TEXT = 23, TOKEN_MAX = 64 };

/* The first 16 bytes of a keyed hash over purpose and two texts, base64url. The key also makes the
 * lookup hash of tokens; those are hashed bare and have no line end in them, so the two never meet.
 */
static bool mac(const struct request *request, const char *purpose, const char *one,
                const char *two, char out[MAC_TEXT]) {
    char text[256];
    uint8_t hash[HASH_BYTES];
    int length = snprintf(text, sizeof text, "%s\n%s\n%s", purpose, one, two);
    if (length < 0 || (size_t)length >= sizeof text) {
        return false;
    }
    secret_hash(request->site->secrets->token, text, (size_t)length, hash);
    secret_base64(hash, 16, out);
    return true;
}

const char *cookie_name(struct request *request, const char *name) {
    if (!request->site->settings.https || request->base[0] != '\0') {
        return name;
    }
    const char *full = arena_format(&request->arena, "__Host-%s", name);
    return full ? full : name;
}

/* Of one cookie only the last word is sent: a session may be renewed and then ended. */
static void cookie_forget(struct request *request, const char *name) {
    struct response *response = &request->response;
    size_t length = strlen(name), kept = 0;
    for (size_t i = 0; i < response->header_count; i++) {
        const struct param *header = &response->headers[i];
        bool same = strcmp(header->name, "Set-Cookie") == 0 &&
                    strncmp(header->value, name, length) == 0 && header->value[length] == '=';
        if (!same) {
            response->headers[kept++] = *header;
        }
    }
    response->header_count = kept;
}

/* SameSite is Lax: with Strict the person who comes by the link in our mail would look signed out,
 * and a GET changes nothing anyway. */
void cookie_set(struct request *request, const char *name, const char *value, int64_t seconds) {
    char age[48] = "";
    if (seconds != 0) {
        snprintf(age, sizeof age, "; Max-Age=%lld", seconds < 0 ? 0LL : (long long)seconds);
    }
    cookie_forget(request, cookie_name(request, name));
    const char *text =
        arena_format(&request->arena, "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s%s",
                     cookie_name(request, name), value, request->base[0] ? request->base : "/",
                     request->site->settings.https ? "; Secure" : "", age);
    response_header(request, "Set-Cookie", text);
}

static void session_write(struct request *request, const char *token) {
    char seen[24], sum[MAC_TEXT];
    snprintf(seen, sizeof seen, "%lld", (long long)(request->now / SECOND));
    if (mac(request, "session", token, seen, sum)) {
        cookie_set(request, "session", arena_format(&request->arena, "%s.%s.%s", token, seen, sum),
                   0);
    }
}

void session_begin(struct request *request, const char *token) {
    session_write(request, token);
}

void session_end(struct request *request) {
    request->session = (struct session){0};
    request->token = NULL;
    cookie_set(request, "session", "", -1);
}

/* Takes token.seen.mac apart; false when it is not ours or was idle for too long. */
static bool session_read(struct request *request, const char *cookie, int64_t *seen) {
    char sum[MAC_TEXT];
    char *token = arena_copy(&request->arena, cookie);
    char *time = token ? strchr(token, '.') : NULL;
    char *given = time ? strchr(time + 1, '.') : NULL;
    if (!given) {
        return false;
    }
    *time++ = '\0';
    *given++ = '\0';
    if (strlen(token) == 0 || strlen(token) >= TOKEN_MAX || strlen(time) > 15 ||
        !number_parse(time, false, seen) || !mac(request, "session", token, time, sum) ||
        !secret_equal(given, sum)) {
        return false;
    }
    *seen *= SECOND;
    int64_t idle = request->policy ? request->policy->session_idle_minutes * MINUTE : 0;
    if (idle > 0 && request->now - *seen > idle) {
        return false;
    }
    request->token = token;
    return true;
}

static void browser_load(struct request *request) {
    const char *browser = request_cookie(request, cookie_name(request, "browser"));
    if (browser && strlen(browser) == 22) {
        request->browser = browser;
    }
}

enum refusal session_load(struct request *request) {
    const char *cookie = request_cookie(request, cookie_name(request, "session"));
    int64_t seen = 0;
    browser_load(request);
    if (!cookie || !session_read(request, cookie, &seen)) {
        return ACCEPTED;
    }
    struct key key = {.operator= request->tenant->id };
    struct session row = {0};
    struct want want = {.statement = SESSION_BY_TOKEN, .in = &key, .rows = &row, .room = 1};
    session_token_hash(request->site->secrets, request->token, key.hash);
    if (request_read(request, &want, 1) != STORE_OK) {
        request->token = NULL;
        return REFUSED_BUSY;
    }
    if (want.count != 1 || row.kind == SESSION_APP || !session_live(&row, request->now)) {
        request->token = NULL;
        return ACCEPTED;
    }
    request->session = row;
    request->actor.kind = ACTOR_SUBSCRIBER;
    request->actor.id = row.account;
    request->actor.session = row.id;
    if (request->now - seen > MINUTE) {
        session_write(request, request->token);
    }
    return ACCEPTED;
}

/* Who a form belongs to: the session, or before sign-in the browser. */
static const char *form_owner(const struct request *request) {
    return request->session.id ? request->token : request->browser;
}

static bool form_mac(const struct request *request, int64_t hour, char out[64]) {
    char about[64], sum[MAC_TEXT];
    const char *owner = form_owner(request);
    snprintf(about, sizeof about, "%lld:%lld", (long long)request->actor.operator,(long long) hour);
    if (!owner || !mac(request, "form", owner, about, sum)) {
        return false;
    }
    snprintf(out, 64, "%lld.%s", (long long)hour, sum);
    return true;
}

/* The token is not bound to the form's address: whoever could read one form's token could read the
 * other's, so binding would add nothing but forms that fail when a page moves. */
const char *form_token(struct request *request) {
    char text[64];
    if (!form_owner(request)) {
        uint8_t bytes[16];
        char fresh[MAC_TEXT];
        secret_random(bytes, sizeof bytes);
        secret_base64(bytes, sizeof bytes, fresh);
        request->browser = arena_copy(&request->arena, fresh);
        cookie_set(request, "browser", fresh, 0);
    }
    if (!form_mac(request, request->now / HOUR, text)) {
        return "";
    }
    const char *token = arena_copy(&request->arena, text);
    return token ? token : "";
}

const char *form_key(struct request *request) {
    uint8_t bytes[16];
    char text[MAC_TEXT];
    secret_random(bytes, sizeof bytes);
    secret_base64(bytes, sizeof bytes, text);
    const char *key = arena_copy(&request->arena, text);
    return key ? key : "";
}

/* True when a URL's origin is the one this request was sent to. */
static bool origin_ours(const struct request *request, const char *url) {
    const char *host = request_header(request, "Host");
    bool secure = strncasecmp(url, "https://", 8) == 0;
    if (!host || (!secure && strncasecmp(url, "http://", 7) != 0)) {
        return false;
    }
    if (request->site->settings.https && !secure) {
        return false;
    }
    const char *rest = url + (secure ? 8 : 7);
    size_t length = strcspn(rest, "/?#");
    return length == strlen(host) && strncasecmp(rest, host, length) == 0;
}

enum refusal form_check(const struct request *request) {
    const char *site = request_header(request, "Sec-Fetch-Site");
    const char *origin = request_header(request, "Origin");
    const char *referer = request_header(request, "Referer");
    const char *given = request_form(request, "form");
    char expected[64];
    int64_t hour = 0;
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) {
        return REFUSED_FORM;
    }
    if (origin ? !origin_ours(request, origin) : referer && !origin_ours(request, referer)) {
        return REFUSED_FORM;
    }
    if (!given || strlen(given) >= sizeof expected || !strchr(given, '.')) {
        return REFUSED_FORM;
    }
    char hours[64];
    snprintf(hours, sizeof hours, "%.*s", (int)strcspn(given, "."), given);
    int64_t now = request->now / HOUR;
    if (!number_parse(hours, false, &hour) || hour > now + 1 || now - hour > FORM_HOURS ||
        !form_mac(request, hour, expected) || !secret_equal(given, expected)) {
        return REFUSED_FORM;
    }
    return ACCEPTED;
}
