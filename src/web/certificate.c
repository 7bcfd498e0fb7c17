#include "web/certificate.h"

#include <string.h>

#include "views/certificates.h"

struct asked {
    struct certificate_paper paper;
    void (*done)(struct request *request);
    void (*refuse)(struct request *request, enum refusal refusal);
    bool drawn;
};

static void draw(struct request *request) {
    struct asked *asked = request->own;
    asked->drawn = certificate_paper_draw(&asked->paper, &request->response.body);
}

static void drawn(struct request *request, bool done) {
    struct asked *asked = request->own;
    const struct certificate_facts *facts = &asked->paper.facts;
    explicit_bzero(asked->paper.seed, sizeof asked->paper.seed);
    if (!done || !asked->drawn) {
        response_text(request, 0, NULL, "");
        asked->refuse(request, done ? REFUSED_BROKEN : REFUSED_BUSY);
        return;
    }
    response_header(request, "Content-Disposition",
                    arena_format(&request->arena, "attachment; filename=\"%s-%s.pdf\"",
                                 facts->operator, facts->reference));
    response_header(request, "Content-Language", facts->language);
    if (asked->done) {
        asked->done(request);
    }
}

void certificate_answer(struct request *request, struct view_context *context, int64_t closure,
                        void (*done)(struct request *request),
                        void (*refuse)(struct request *request, enum refusal refusal)) {
    struct asked *asked = arena_take(&request->arena, sizeof *asked);
    enum refusal no = asked ? certificate_open(context, closure, &asked->paper) : REFUSED_BUSY;
    if (no) {
        refuse(request, no);
        return;
    }
    asked->done = done;
    asked->refuse = refuse;
    request->own = asked;
    response_text(request, 200, "application/pdf", "");
    request_aside(request, draw, drawn);
}
