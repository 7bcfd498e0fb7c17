/* registration.start: a number and the end of the SIM's ICCID, and a code goes to the line. Whether
 * anybody has the number, and whether the digits fit, is told by the message alone. */
#include <string.h>

#include "base/words.h"
#include "commands/registration.h"
#include "commands/registration_step.h"
#include "rules/identifier.h"

enum { TAIL_LEAST = 4, TAIL_MOST = 8 };

struct start_rows {
    struct line line;
    struct budget sends, starts;
};

static const struct field input_fields[] = {
    INPUT(FIELD_TEXT, registration_start, number, 8, NUMBER_SIZE - 1,
          "the line's number, E.164 with +"),
    INPUT(FIELD_TEXT, registration_start, iccid_tail, TAIL_LEAST, TAIL_MOST,
          "the last 4 to 8 digits of the number printed on the SIM (ICCID)"),
    INPUT(FIELD_TEXT, registration_start, language, 2, 15, "BCP 47 tag of the messages' language"),
    FIELD_END,
};

static enum refusal prepare(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets) {
    struct registration_start *in = input;
    (void)secrets;
    return line_read(engine, reader, actor, in->number, &in->line) ? ACCEPTED : REFUSED_BUSY;
}

static void load(struct load *load, const void *input, void *rows) {
    const struct registration_start *in = input;
    struct start_rows *r = rows;
    struct key key = {.id = in->line, .operator= load->actor->operator};
    want_one(load, LINE_BY_ID, &key, in->line, &r->line); /* asked, not locked, also when unknown */
    want_attempts(load, SCOPE_SMS, in->number, &r->sends);
    want_attempts(load, SCOPE_START, load->actor->address, &r->starts);
}

/* In the one form that a number has here: in any other it would be nobody's, and no door may leave
 * a person to wait for a message that cannot come. */
static bool number_fits(const struct outcome *out, const char *number) {
    char whole[NUMBER_SIZE];
    return msisdn_normalise(number, out->policy->country_code, out->policy->national_digits,
                            whole) == IDENTIFIER_OK &&
           strcmp(whole, number) == 0;
}

/* The line that holds the number now and whose SIM ends so; else 0. */
static int64_t line_meant(const struct registration_start *in, const struct line *line) {
    size_t tail = strlen(in->iccid_tail), whole = strlen(line->iccid);
    bool fits = line->id && line->state != LINE_CLOSED && strcmp(line->number, in->number) == 0 &&
                whole >= tail && strcmp(line->iccid + whole - tail, in->iccid_tail) == 0;
    return fits ? line->id : 0;
}

static enum refusal decide(struct outcome *out, const void *input, const void *rows) {
    const struct registration_start *in = input;
    const struct start_rows *r = rows;
    struct challenge challenge = {.id = 0};
    enum language language = LANGUAGE_EN;
    size_t tail = strlen(in->iccid_tail);
    if (!out->policy)
        return REFUSED_NOT_FOUND;
    if (tail < TAIL_LEAST || tail > TAIL_MOST || strspn(in->iccid_tail, "0123456789") != tail ||
        !number_fits(out, in->number) || !language_parse(in->language, &language))
        return REFUSED_INPUT;
    if (!attempts_left(out, &r->sends, BUDGET_LINE) ||
        !attempts_left(out, &r->starts, BUDGET_ADDRESS))
        return REFUSED_TOO_MANY;
    attempts_spend(out, &r->sends, BUDGET_LINE, SCOPE_SMS, in->number);
    attempts_spend(out, &r->starts, BUDGET_ADDRESS, SCOPE_START, out->actor->address);
    challenge.line = line_meant(in, &r->line);
    challenge_begin(out, &challenge, REGISTRATION_SMS, language, in->number);
    out->subject = challenge.line;
    return ACCEPTED;
}

static const enum refusal refusals[] = {REFUSED_NOT_FOUND, REFUSED_INPUT, REFUSED_TOO_MANY,
                                        REFUSED_BUSY, ACCEPTED};

const struct verb registration_start_verb = {
    .name = "registration.start",
    .help = "Begin to register: a code goes by SMS to the line",
    .who = ACTOR_ANONYMOUS,
    .input = input_fields,
    .input_size = sizeof(struct registration_start),
    .rows_size = sizeof(struct start_rows),
    .secret = true,
    .prepare = prepare,
    .load = load,
    .decide = decide,
    .refusals = refusals,
};
