/* What the doors ask of certificates besides the view: the paper itself, and the check by the code
 * that stands on it. */
#ifndef RINGOFF_CERTIFICATES_VIEW_H
#define RINGOFF_CERTIFICATES_VIEW_H
#include "views/certificate_paper.h"
#include "views/views.h"

/* May the actor see the certificate of this closure, if there is one (context->secret: a status
 * secret that it showed). */
bool certificate_shows(const struct view_context *context, const struct closure *closure);
/* The same, and there is one. */
bool certificate_offered(struct view_context *context, const struct closure *closure);
/* What the paper is drawn from, for whoever may see it: as view_show answers, and REFUSED_BROKEN
 * when it cannot be drawn any more. The caller wipes it. */
enum refusal certificate_open(struct view_context *context, int64_t closure,
                              struct certificate_paper *paper);
/* What the certificate of a reference (well-formed) states, its name and number masked, for whoever
 * shows the code on it: ACCEPTED and *json (the caller's), REFUSED_NOT_FOUND or REFUSED_BUSY. The
 * same work whether there is one or not. */
enum refusal certificate_check(struct view_context *context, const char *reference,
                               const char *code, json_t **json);
/* The fields of that JSON. */
const struct view_field *certificate_stated(void);
#endif
