/* ringoff init: makes an installation, or brings an older one to this program's schema. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/installation.h"

static error_t option(int key, char *argument, struct argp_state *state) {
    (void)argument;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = state->input;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .parser = option,
    .doc = "Makes an installation: a folder with the database, the key that opens it, and the "
           "commented settings file ringoff.ini."
           "\vRunning it again changes nothing, except that an older database is brought to the "
           "schema of this program. Keep a copy of ringoff.key away from the database: without "
           "it nothing in the database can be read.\n\n" EXIT_HELP,
    .children = children,
};

int init_run(const struct command *command, int argc, char **argv) {
    static const char *const said[] = {
        [MADE_NEW] = "made", [MADE_NEWER] = "migrated", [MADE_NOTHING] = "unchanged"};
    static const char *const sentence[] = {
        [MADE_NEW] = "is ready. Next: SMS and mail in ringoff.ini, serve, then policy load FILE",
        [MADE_NEWER] = "was brought to the schema of this program",
        [MADE_NOTHING] = "was there already; nothing was changed"};
    struct common common;
    struct house installation = {0};
    enum installation_made made;
    char why[INSTALLATION_WHY] = "the folder's name is empty or too long";
    common_open(&common);
    if (!command_parse(command, &argp, argc, argv, &common))
        return EXIT_USAGE;
    if (!installation_name(&installation, common.data) ||
        !installation_make(&installation, false, &made, why)) {
        command_say("%s", why);
        return EXIT_FAULT;
    }
    installation_close(&installation);
    if (common.json)
        printf("{\"event\":\"%s\"}\n", said[made]);
    else
        printf("%s %s\n", installation.folder, sentence[made]);
    return EXIT_DONE;
}
