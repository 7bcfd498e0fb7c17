#include "web/show.h"

bool show_context(struct request *request, struct view_context *context) {
    *context = (struct view_context){.engine = request->site->engine,
                                     .reader = request_reader(request),
                                     .actor = &request->actor,
                                     .tenant = request->tenant,
                                     .policy = request->policy,
                                     .secrets = request->site->secrets,
                                     .arena = &request->arena,
                                     .now = request->now,
                                     .demo = request->site->demo};
    return context->reader != NULL;
}
