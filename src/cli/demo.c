/* ringoff demo: makes a demo installation, or prints the people of one that is there. */
#include "cli/demo.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"

enum { DEMO_SEED = OPTION_OWN, DEMO_COUNT, DEMO_DATABASE };

struct asked {
    struct common common;
    const char *database;
    int64_t seed, lines; /* -1: not given */
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case DEMO_SEED:
        if (!number_read(argument, 0, INT64_MAX, &asked->seed))
            argp_error(state, "--seed: a whole number");
        return 0;
    case DEMO_COUNT:
        if (!number_read(argument, 1, DEMO_LINES_MOST, &asked->lines))
            argp_error(state, "--lines: 1 to %d", DEMO_LINES_MOST);
        return 0;
    case DEMO_DATABASE:
        asked->database = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"database", DEMO_DATABASE, "CONNECTION", 0,
     "Make it in this PostgreSQL database, as init does", 1},
    {"seed", DEMO_SEED, "N", 0, "The same seed and number of lines make the same people", 1},
    {"lines", DEMO_COUNT, "N", 0, "How many lines (200)", 1},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = option,
    .doc = "Makes a demo installation: three operators with different rules and invented people, "
           "some with an account. Messages go to an inbox page instead of out."
           "\vWith --json it prints the people, their numbers, SIMs, ID numbers and passwords, and "
           "an API key. Where there is a demo already, it changes nothing and prints the same "
           "again.\n\n" EXIT_HELP,
    .children = children,
};

static bool file_name(const struct house *house, char path[INSTALLATION_FILE]) {
    return installation_path(house, "demo.json", path);
}

/* What the demo was made from; false when there is no such file. */
static bool demo_read(const struct house *house, struct demo *demo) {
    char path[INSTALLATION_FILE];
    json_t *json = file_name(house, path) ? json_load_file(path, 0, NULL) : NULL;
    const char *key = NULL;
    json_int_t seed, lines;
    bool good =
        json &&
        json_unpack(json, "{s:I,s:I,s:s}", "seed", &seed, "lines", &lines, "api_key", &key) == 0 &&
        lines > 0 && lines <= DEMO_LINES_MOST && strlen(key) < sizeof demo->api_key;
    if (good) {
        demo->seed = seed;
        demo->lines = lines;
        memcpy(demo->api_key, key, strlen(key) + 1);
    }
    json_decref(json);
    return good;
}

static bool demo_write(const struct house *house, const struct demo *demo,
                       char why[INSTALLATION_WHY]) {
    char path[INSTALLATION_FILE];
    json_t *json = json_pack("{s:I,s:I,s:s}", "seed", (json_int_t)demo->seed, "lines",
                             (json_int_t)demo->lines, "api_key", demo->api_key);
    bool written = json && file_name(house, path) && json_dump_file(json, path, JSON_COMPACT) == 0;
    if (!written)
        snprintf(why, INSTALLATION_WHY, "demo.json: %s", strerror(errno));
    json_decref(json);
    return written;
}

static json_t *person_json(const struct demo_person *person) {
    const struct line_import *line = &person->line;
    static const char form[] = "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s*,s:s,s:s,s:s*,s:s*}";
    bool beside = line->second_role != SECOND_NONE;
    return json_pack(form, "operator", demo_codes[person->operator],
        "number", line->number, "iccid", line->iccid, "imsi", line->imsi, "id_type",
        line->document_type, "id_number",
        line->document, "name", line->name, "email", person->email, "password",
        person->registered ? person->password : NULL, "language", line->language, "story",
        person->story, "second_id_type", beside ? line->second_document_type : NULL,
        "second_id_number", beside ? line->second_document : NULL);
}

static bool people_json(const struct demo *demo) {
    json_t *people = json_array(), *operators = json_array();
    struct demo_person person;
    for (int64_t i = 0; i < demo->lines; i++) {
        demo_person_make(demo, i, clock_now(), &person);
        json_array_append_new(people, person_json(&person));
    }
    for (int i = 0; i < DEMO_OPERATORS; i++)
        json_array_append_new(operators, json_string(demo_codes[i]));
    json_t *json = json_pack("{s:I,s:I,s:o,s:s,s:o}", "seed", (json_int_t)demo->seed, "lines",
                             (json_int_t)demo->lines, "operators", operators, "api_key",
                             demo->api_key, "people", people);
    bool printed = json && json_dumpf(json, stdout, JSON_INDENT(1)) == 0 && putchar('\n') != EOF;
    json_decref(json);
    return printed;
}

static bool people_text(const struct demo *demo) {
    struct demo_person person;
    printf("API key (%s): %s\n", demo_codes[0], demo->api_key);
    for (int64_t i = 0; i < demo->lines; i++) {
        demo_person_make(demo, i, clock_now(), &person);
        if (!person.story[0])
            continue;
        bool beside = person.line.second_role != SECOND_NONE;
        printf("\n%s %s: %s\n  SIM %s, %s %s%s%s%s%s, %s%s%s\n", demo_codes[person.operator],
               person.line.number, person.story, person.line.iccid, person.line.document_type,
               person.line.document, beside ? ", asked for with " : "",
               person.line.second_document_type, beside ? " " : "", person.line.second_document,
               person.email, person.registered ? ", password " : "",
               person.password);
    }
    return fflush(stdout) == 0;
}

/* Makes it, or finds it. */
static int demo_open(const struct asked *asked, struct house *house, struct demo *demo,
                     char why[INSTALLATION_WHY]) {
    enum installation_made made;
    snprintf(why, INSTALLATION_WHY, "the folder's name is empty or too long");
    if (!installation_name(house, asked->common.data))
        return EXIT_USAGE;
    bool there;
    if (!installation_place(house, asked->database, &there, why))
        return EXIT_FAULT;
    if (there && (!demo_read(house, demo))) {
        snprintf(why, INSTALLATION_WHY,
                 "%.300s is there and is not a whole demo; take another "
                 "folder",
                 house->folder);
        return EXIT_REFUSED;
    }
    if (there && ((asked->seed >= 0 && asked->seed != demo->seed) ||
                  (asked->lines >= 0 && asked->lines != demo->lines))) {
        snprintf(why, INSTALLATION_WHY,
                 "%.300s was made with --seed %" PRId64 " --lines %" PRId64 "; take another folder",
                 house->folder, demo->seed, demo->lines);
        return EXIT_REFUSED;
    }
    if (there)
        return EXIT_DONE;
    *demo = (struct demo){.seed = asked->seed >= 0 ? asked->seed : 1,
                          .lines = asked->lines >= 0 ? asked->lines : DEMO_LINES};
    bool good = installation_make(house, asked->database, true, &made, why) &&
                demo_fill(house, demo, why) && demo_write(house, demo, why);
    installation_close(house);
    return good ? EXIT_DONE : EXIT_FAULT;
}

int demo_run(const struct command *command, int argc, char **argv) {
    struct asked asked = {.seed = -1, .lines = -1};
    struct house house = {0};
    struct demo demo = {0};
    char why[INSTALLATION_WHY];
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    int code = demo_open(&asked, &house, &demo, why);
    if (code != EXIT_DONE) {
        command_say("%s", why);
        return code;
    }
    bool printed = asked.common.json ? people_json(&demo) : people_text(&demo);
    return printed ? EXIT_DONE : EXIT_FAULT;
}
