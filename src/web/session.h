/* Sessions and forms: who the browser is, and whether a form was really ours.
 * The session cookie holds token.seen.mac: the token is looked up by its keyed hash (secrets->token
 * over the token's text), `seen` carries the idle time without a write per request, the mac keeps
 * it honest. A form's hidden token is bound to the session (or to the browser before sign-in) and
 * to the hour; besides, Origin or Referer and Sec-Fetch-Site must be ours. */
#ifndef RINGOFF_WEB_SESSION_H
#define RINGOFF_WEB_SESSION_H
#include "web/request.h"

/* How long a form may lie open before its token ends. */
enum { FORM_HOURS = 24 };

/* Sets the cookie of a new session; token is what session.open answered (job->secret). */
void session_begin(struct request *request, const char *token);
/* Takes the cookie away. The session itself is closed by a command. */
void session_end(struct request *request);
/* Reads the cookies (and writes the session's again once its `seen` is a minute old) into
 * request->session, token, browser and actor. REFUSED_BUSY when the database cannot be read; a
 * cookie that does not count is as good as none. */
enum refusal session_load(struct request *request);
/* The hidden token for a form on this page; makes the browser cookie when needed. */
const char *form_token(struct request *request);
/* ACCEPTED when the request's form token, Origin/Referer and Sec-Fetch-Site fit, else REFUSED_FORM.
 */
enum refusal form_check(const struct request *request);
/* A new idempotency key, 22 characters. */
const char *form_key(struct request *request);
/* Sets a cookie of ours: HttpOnly, SameSite=Lax, Path of the base; seconds 0 = until the browser
 * closes, negative = take it away. */
void cookie_set(struct request *request, const char *name, const char *value, int64_t seconds);
/* The name under which a cookie is sent: with https and no base, "__Host-" is put in front. */
const char *cookie_name(struct request *request, const char *name);
#endif
