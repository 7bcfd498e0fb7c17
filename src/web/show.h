/* A view for a request: the context of who asks, where and when, on the request's reader.
 * Pages and the API see with the same eyes; only what is done with the JSON differs. */
#ifndef RINGOFF_WEB_SHOW_H
#define RINGOFF_WEB_SHOW_H
#include "views/view.h"
#include "web/request.h"

/* Fills the context; false when there is no reader (answer REFUSED_BUSY). */
bool show_context(struct request *request, struct view_context *context);
#endif
