/* ringoff init: makes an installation, or brings an older one to this program's schema. */
#include <jansson.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/installation.h"

enum { INIT_DATABASE = OPTION_OWN };

struct asked {
    struct common common;
    const char *database;
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case INIT_DATABASE:
        asked->database = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"database", INIT_DATABASE, "CONNECTION", 0,
     "Keep everything in this PostgreSQL database instead of a file in the folder: \"host=... "
     "dbname=... user=...\" or postgresql://..., without a password (passfile=... names a file)",
     1},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = option,
    .doc = "Makes an installation: a folder with the database, the key that opens it, and the "
           "commented settings file ringoff.ini."
           "\vRunning it again changes nothing, except that an older database is brought to the "
           "schema of this program. A PostgreSQL database must be there and empty (createdb); "
           "where it is stands in ringoff.ini then. Keep a copy of ringoff.key away from the "
           "database: without "
           "it nothing in the database can be read.\n\n" EXIT_HELP,
    .children = children,
};

static bool warning_read(const struct house *installation, char warning[INSTALLATION_WARNING],
                         char why[INSTALLATION_WHY]) {
    struct store *store = installation_reader(installation, why);
    if (store) {
        installation_warning(installation, store, warning);
        installation->engine->close(store);
    }
    return store != NULL;
}

int init_run(const struct command *command, int argc, char **argv) {
    static const char *const said[] = {
        [MADE_NEW] = "made", [MADE_NEWER] = "migrated", [MADE_NOTHING] = "unchanged"};
    static const char *const sentence[] = {
        [MADE_NEW] = "is ready. Next: SMS and mail in ringoff.ini, serve, then policy load FILE",
        [MADE_NEWER] = "was brought to the schema of this program",
        [MADE_NOTHING] = "was there already; nothing was changed"};
    struct asked asked = {0};
    struct house installation = {0};
    enum installation_made made;
    char why[INSTALLATION_WHY] = "the folder's name is empty or too long",
         warning[INSTALLATION_WARNING];
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    if (!installation_name(&installation, asked.common.data) ||
        !installation_make(&installation, asked.database, false, &made, why) ||
        !warning_read(&installation, warning, why)) {
        command_say("%s", why);
        return EXIT_FAULT;
    }
    installation_close(&installation);
    if (asked.common.json) {
        json_t *json =
            json_pack("{s:s,s:s*}", "event", said[made], "warning", warning[0] ? warning : NULL);
        json_dumpf(json, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(json);
    } else {
        printf("%s %s\n", installation.folder, sentence[made]);
        if (warning[0])
            printf("warning: %s\n", warning);
    }
    return EXIT_DONE;
}
