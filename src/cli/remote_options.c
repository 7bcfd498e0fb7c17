#include "cli/remote_options.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/refusal.h"

enum { LINE_ARENA = 1024 * 1024, FILE_FROM = 4000, OPTIONS = REMOTE_FIELDS + 24 };

static bool from_file(const struct field *field) {
    return field->kind == FIELD_TEXT && field->max > FILE_FROM;
}

static const struct field *field_at(const struct verb *verb, size_t i) {
    for (size_t k = 0; verb && verb->input && verb->input[k].name; k++)
        if (k == i)
            return &verb->input[k];
    return NULL;
}

static const struct field *field_named(const struct verb *verb, const char *name) {
    const struct field *field;
    for (size_t i = 0; (field = field_at(verb, i)); i++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

static const char *dashed(struct arena *arena, const char *name) {
    char *copy = arena_copy(arena, name);
    for (char *at = copy; at && *at; at++)
        if (*at == '_')
            *at = '-';
    return copy;
}

static const char *placeholder(const struct field *field) {
    switch (field->kind) {
    case FIELD_INT:
        return "N";
    case FIELD_ID:
        return "ID";
    case FIELD_TIME:
        return "TIME";
    case FIELD_BOOL:
        return "yes|no";
    default:
        return from_file(field) ? "FILE" : "TEXT";
    }
}

/* The field's help with its bounds, as far as they say something. */
static const char *field_help(struct arena *arena, const struct field *field) {
    const char *help = field->help ? field->help : "";
    if (field->kind == FIELD_TEXT && !from_file(field) && field->max)
        return arena_format(arena, "%s (%s%" PRId64 " characters)", help,
                            field->min ? "needed; at most " : "at most ", field->max);
    if (from_file(field))
        return arena_format(arena, "%s (read from FILE; - is the standard input)", help);
    if (field->kind == FIELD_TIME)
        return arena_format(arena, "%s (as 2026-11-22T14:03:00+08:00)", help);
    if (field->kind == FIELD_INT && field->max)
        return arena_format(arena, "%s (%" PRId64 " to %" PRId64 ")", help, field->min, field->max);
    return help;
}

static json_t *field_value(const struct field *field, const char *text, char why[256]) {
    int64_t number;
    size_t length;
    if (field->kind == FIELD_INT) {
        snprintf(why, 256, "%.60s is not a whole number", text);
        return number_read(text, INT64_MIN, INT64_MAX, &number) ? json_integer(number) : NULL;
    }
    if (field->kind == FIELD_BOOL) {
        snprintf(why, 256, "%.60s is neither yes nor no", text);
        bool yes = strcmp(text, "yes") == 0;
        return yes || strcmp(text, "no") == 0 ? json_boolean(yes) : NULL;
    }
    snprintf(why, 256, "that is not UTF-8 text");
    if (!from_file(field))
        return json_string(text);
    char *whole = file_read(text, field->size, &length, why);
    for (size_t i = 0; whole && i < length; i++)
        if (strchr("\n\r\t", whole[i]) && whole[i])
            whole[i] = ' '; /* inputs are one line; in JSON the blank means the same */
    json_t *value = whole ? json_stringn(whole, length) : NULL;
    free(whole);
    return value;
}

static error_t field_take(struct remote_line *line, const struct field *field, const char *text,
                          struct argp_state *state) {
    char why[256];
    json_t *value =
        json_object_get(line->input, field->name) ? NULL : field_value(field, text, why);
    if (json_object_get(line->input, field->name))
        snprintf(why, sizeof why, "it is given twice");
    if (!value)
        argp_error(state, "%s: %s", field->name, why);
    json_object_set_new(line->input, field->name, value);
    return 0;
}

/* A bare argument is the verb's file (policy load FILE) or the view's id. */
static error_t argument_take(struct remote_line *line, const char *text, struct argp_state *state) {
    const struct field *field;
    for (size_t i = 0; (field = field_at(line->remote->verb, i)); i++)
        if (from_file(field))
            return field_take(line, field, text, state);
    if (!line->remote->view || line->remote->view->list || line->id)
        return ARGP_ERR_UNKNOWN;
    line->id = text;
    return 0;
}

static error_t option(int key, char *text, struct argp_state *state) {
    struct remote_line *line = state->input;
    const char **const texts[] = {&line->operator_code, &line->key,    &line->api_key_file,
                                  &line->number,        &line->iccid,  &line->reference,
                                  &line->status_secret, &line->id,     &line->after,
                                  &line->limit,         &line->search, &line->to};
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = &line->common;
        return 0;
    }
    if (key == ARGP_KEY_ARG)
        return argument_take(line, text, state);
    if (key >= REMOTE_OPERATOR && key < REMOTE_FIELD) {
        *texts[key - REMOTE_OPERATOR] = text;
        return 0;
    }
    const struct field *field =
        key >= REMOTE_FIELD ? field_at(line->remote->verb, (size_t)(key - REMOTE_FIELD)) : NULL;
    return field ? field_take(line, field, text, state) : ARGP_ERR_UNKNOWN;
}

static size_t add(struct argp_option *options, size_t count, const char *name, int key,
                  const char *argument, const char *help, int group) {
    if (count < OPTIONS - 1)
        options[count++] = (struct argp_option){name, key, argument, 0, help, group};
    return count;
}

static void verb_options(struct remote_line *line, struct argp_option *options) {
    const struct verb *verb = line->remote->verb;
    const struct field *field;
    size_t count = 0, i;
    for (i = 0; i < REMOTE_FIELDS && (field = field_at(verb, i)); i++)
        count = add(options, count, dashed(&line->arena, field->name), REMOTE_FIELD + (int)i,
                    placeholder(field), field_help(&line->arena, field), 1);
    bool closure = field_named(verb, "closure"), work = field_named(verb, "work");
    if (closure || work || field_named(verb, "line")) {
        count = add(options, count, "number", REMOTE_NUMBER, "NUMBER",
                    "The line by its number, instead of an id", 2);
        count = add(options, count, "iccid", REMOTE_ICCID, "ICCID", "The line by its SIM", 2);
    }
    if (closure || work)
        count = add(options, count, "reference", REMOTE_REFERENCE, "RO-XXXX-XXXX",
                    "The closure by its reference, instead of an id", 2);
    if (field_named(verb, "refund"))
        count = add(options, count, "reference", REMOTE_REFERENCE, "RF-XXXX-XXXX",
                    "The refund by its reference, instead of an id", 2);
    if (verb->content)
        count = add(options, count, "to", REMOTE_TO, "FILE",
                    "Where the document goes: a new file that only you can read, or - for the "
                    "standard output (a pipe)",
                    1);
    add(options, count, "key", REMOTE_KEY, "TEXT",
        "Idempotency key: the same key and the same values are carried out once (random unless "
        "given)",
        3);
}

static void view_options(struct remote_line *line, struct argp_option *options) {
    const struct view *view = line->remote->view;
    size_t count = 0;
    if (view->list) {
        count = add(options, count, "after", REMOTE_AFTER, "ID", "Go on behind this item", 1);
        count =
            add(options, count, "limit", REMOTE_LIMIT, "N", "Items of one page, at most 100", 1);
        count = add(options, count, "search", REMOTE_SEARCH, "TEXT", "Only what fits this text", 1);
    } else {
        count = add(options, count, "id", REMOTE_ID, "ID", "The id (or as a bare argument)", 1);
        count = add(options, count, "reference", REMOTE_REFERENCE, "RO-XXXX-XXXX",
                    "The closure by its reference; a refund by RF-XXXX-XXXX", 2);
        count = add(options, count, "status-secret", REMOTE_SECRET, "TEXT",
                    "The closure's or refund's secret, for who has no other right", 2);
    }
    count = add(options, count, "number", REMOTE_NUMBER, "NUMBER", "The line by its number", 2);
    add(options, count, "iccid", REMOTE_ICCID, "ICCID", "The line by its SIM", 2);
}

static void common_options(struct argp_option *options) {
    size_t count = 0;
    while (options[count].name)
        count++;
    count = add(options, count, "operator", REMOTE_OPERATOR, "CODE",
                "The operator; may be left out where there is one only", 3);
    add(options, count, "api-key-file", REMOTE_API_KEY, "FILE",
        "Ask as the integrator whose key stands in FILE", 3);
}

static const char *who_text(uint32_t who) {
    bool staff = who & ACTOR_STAFF, api = who & ACTOR_API, anybody = who & ACTOR_ANONYMOUS;
    return staff && api ? "staff, or an integrator with --api-key-file"
           : staff      ? "staff"
           : anybody    ? "an integrator with --api-key-file, or whoever has the code or secret"
                        : "an integrator, with --api-key-file";
}

static const char *doc_make(struct remote_line *line) {
    const struct verb *verb = line->remote->verb;
    const struct view *view = line->remote->view;
    struct arena *arena = &line->arena;
    uint32_t who = verb ? verb->who : view->who;
    const char *scope = verb ? verb->scope : view->scope;
    const char *doc =
        arena_format(arena, "%s.\vFor %s%s%s%s.\n\n", verb ? verb->help : view->help, who_text(who),
                     scope ? " (" : "", scope ? scope : "", scope ? ")" : "");
    if (verb && verb->refusals && *verb->refusals != ACCEPTED)
        doc = arena_format(arena, "%sIt may be refused because:\n", doc ? doc : "");
    for (const enum refusal *at = verb ? verb->refusals : NULL; at && *at != ACCEPTED && doc; at++)
        doc = arena_format(arena, "%s  %s: %s\n", doc, refusal_about(*at)->code,
                           refusal_about(*at)->title);
    for (const struct view_field *at = view ? view->fields : NULL; at && at->name && doc; at++)
        doc = arena_format(arena, "%s%s  %s%s%s\n", doc, at == view->fields ? "It shows:\n" : "",
                           at->name, at->help ? ": " : "", at->help ? at->help : "");
    return doc ? arena_format(arena, "%s\n%s", doc, EXIT_HELP) : NULL;
}

bool remote_line_read(const struct remote *remote, int argc, char **argv,
                      struct remote_line *line) {
    static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
    struct argp_option options[OPTIONS] = {{0}};
    struct command command = {.name = remote->name};
    *line = (struct remote_line){.remote = remote, .input = json_object()};
    arena_open(&line->arena, LINE_ARENA);
    common_open(&line->common);
    if (remote->verb)
        verb_options(line, options);
    else
        view_options(line, options);
    common_options(options);
    struct argp argp = {
        .options = options, .parser = option, .doc = doc_make(line), .children = children};
    if (line->arena.failed || !line->input) {
        command_say("out of memory");
        return false;
    }
    return command_parse(&command, &argp, argc, argv, line);
}

void remote_line_close(struct remote_line *line) {
    json_decref(line->input);
    arena_close(&line->arena);
}
