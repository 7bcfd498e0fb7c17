/* A certificate of closure as the answer to a request, at whatever door: read on the HTTP thread,
 * drawn on a preparer's. */
#ifndef RINGOFF_WEB_CERTIFICATE_H
#define RINGOFF_WEB_CERTIFICATE_H
#include "views/view.h"
#include "web/request.h"

/* Answers 200 with the PDF, to be kept as a file, for whoever may see it by the context; then calls
 * `done` (NULL: nothing) on it. Else calls refuse. The handler must return after it. */
void certificate_answer(struct request *request, struct view_context *context, int64_t closure,
                        void (*done)(struct request *request),
                        void (*refuse)(struct request *request, enum refusal refusal));
#endif
