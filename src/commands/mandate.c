#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "commands/charging_shared.h"
#include "commands/closure_shared.h"

/* A mask shows no more than the first six and the last four digits of a card. */
enum { DIGITS_TOGETHER = 6 };

/* --- mandate.add --- */

static const struct field add_input[] = {
    INPUT(FIELD_ID, mandate_add, line, 1, INT64_MAX, "The line that it tops up"),
    INPUT(FIELD_TEXT, mandate_add, reference, 1, 64,
          "The payment provider's name of the mandate: told again, it is kept once"),
    INPUT(FIELD_TEXT, mandate_add, method, 0, 60,
          "How the provider pays it, masked, such as Visa •••• 4321; never the whole number"),
    INPUT(FIELD_INT, mandate_add, amount_minor, 0, AMOUNT_MOST,
          "What it tops up each time, minor units; 0: not known"),
    FIELD_END,
};

struct add_rows {
    struct line line;
    struct mandate known;
    struct mandate open[MANDATES_A_LINE];
};

static void add_load(struct load *load, const void *given, void *rows) {
    const struct mandate_add *in = given;
    struct add_rows *r = rows;
    want_line(load, in->line, &r->line);
    want_mandate(load, mandate_id(load->secrets, load->actor->operator, in->reference), &r->known);
    want_mandates(load, in->line, r->open);
}

/* No whole number of a card or an account stands in it. */
static bool method_masked(const char *method) {
    int together = 0;
    for (const char *at = method; *at; at++) {
        bool digit = isdigit((unsigned char)*at);
        if (digit)
            together++;
        else if (*at != ' ' && *at != '-')
            together = 0;
        if (together > DIGITS_TOGETHER)
            return false;
    }
    return true;
}

static enum refusal add_decide(struct outcome *out, const void *given, const void *rows) {
    const struct mandate_add *in = given;
    const struct add_rows *r = rows;
    size_t open = 0;
    out->subject = r->line.id;
    if (!transaction_fits(in->reference, false) || !method_masked(in->method))
        return REFUSED_INPUT;
    if (in->amount_minor < 0 || in->amount_minor > AMOUNT_MOST)
        return REFUSED_AMOUNT;
    if (r->known.id) {
        out->result = r->known.id;
        return r->known.line == in->line && r->known.amount_minor == in->amount_minor &&
                       strcmp(r->known.method, in->method) == 0
                   ? ACCEPTED
                   : REFUSED_CHARGE_DIFFERS;
    }
    if (!r->line.id)
        return REFUSED_NOT_FOUND;
    if (r->line.state == LINE_CLOSED)
        return REFUSED_LINE_CLOSED;
    for (size_t i = 0; i < MANDATES_A_LINE; i++)
        open += r->open[i].id != 0;
    if (open == MANDATES_A_LINE)
        return REFUSED_MANDATES_FULL; /* all of them must be ended when the line closes */
    struct mandate mandate = {.id = mandate_id(out->secrets, out->actor->operator, in->reference),
                              .operator= out->actor->operator,
                              .line = in->line,
                              .made_at = out->now,
                              .amount_minor = in->amount_minor};
    memcpy(mandate.reference, in->reference, sizeof mandate.reference);
    memcpy(mandate.method, in->method, sizeof mandate.method);
    add_mandate(out, &mandate);
    out->result = mandate.id;
    return ACCEPTED;
}

static const enum refusal add_refusals[] = {
    REFUSED_NOT_FOUND,   REFUSED_AMOUNT,        REFUSED_CHARGE_DIFFERS,
    REFUSED_LINE_CLOSED, REFUSED_MANDATES_FULL, ACCEPTED,
};

const struct verb mandate_add_verb = {
    .name = "mandate.add",
    .help = "The payment provider may top a line up by itself; it is ended with the line",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "credit:write",
    .view = "mandate",
    .input = add_input,
    .input_size = sizeof(struct mandate_add),
    .rows_size = sizeof(struct add_rows),
    .money = true,
    .load = add_load,
    .decide = add_decide,
    .refusals = add_refusals,
};

/* --- mandate.end --- */

static const struct field end_input[] = {
    INPUT(FIELD_ID, mandate_end, mandate, 0, INT64_MAX, "The mandate; or else its reference"),
    INPUT(FIELD_TEXT, mandate_end, reference, 0, 64, "The payment provider's name of it"),
    FIELD_END,
};

struct end_rows {
    struct line line;
    struct mandate mandate;
    struct work works[WORKS_A_CLOSURE];
};

/* A mandate is changed only by who holds its line. */
static enum refusal end_prepare(void *given, const struct actor *actor, struct store *reader,
                                const struct engine *engine, const struct secrets *secrets) {
    struct mandate_end *in = given;
    if (!in->mandate && in->reference[0])
        in->mandate = mandate_id(secrets, actor->operator, in->reference);
    struct key key = {.id = in->mandate, .operator= actor->operator};
    struct mandate mandate = {0};
    struct want want = {.statement = MANDATE_BY_ID, .in = &key, .rows = &mandate, .room = 1};
    if (engine->read(reader, &want, 1) != STORE_OK)
        return REFUSED_BUSY;
    in->line = mandate.line;
    return ACCEPTED;
}

static void end_load(struct load *load, const void *given, void *rows) {
    const struct mandate_end *in = given;
    struct end_rows *r = rows;
    want_line(load, in->line, &r->line);
    want_mandate(load, in->mandate, &r->mandate);
    want_mandate_works(load, in->mandate, r->works);
}

static enum refusal end_decide(struct outcome *out, const void *given, const void *rows) {
    const struct mandate_end *in = given;
    const struct end_rows *r = rows;
    struct mandate mandate = r->mandate;
    out->subject = r->line.id;
    bool fits = mandate.id && r->line.id == mandate.line &&
                (!in->reference[0] || strcmp(in->reference, mandate.reference) == 0);
    if (!fits)
        return REFUSED_NOT_FOUND;
    out->result = mandate.id;
    if (mandate.ended_at && mandate.told_at)
        return ACCEPTED;
    if (!mandate.ended_at)
        mandate.ended_at = out->now;
    mandate.told_at = out->now; /* who tells it knows it */
    put_mandate(out, &mandate);
    closure_works_end(out, r->works, WORK_MANDATE, "ended",
                      out->actor->kind == ACTOR_STAFF ? out->actor->id : 0);
    return ACCEPTED;
}

static const enum refusal end_refusals[] = {REFUSED_NOT_FOUND, REFUSED_BUSY, ACCEPTED};

const struct verb mandate_end_verb = {
    .name = "mandate.end",
    .help = "The payment provider does not top the line up any more",
    .who = ACTOR_API | ACTOR_STAFF,
    .scope = "credit:write",
    .view = "mandate",
    .input = end_input,
    .input_size = sizeof(struct mandate_end),
    .rows_size = sizeof(struct end_rows),
    .money = true,
    .prepare = end_prepare,
    .load = end_load,
    .decide = end_decide,
    .refusals = end_refusals,
};
