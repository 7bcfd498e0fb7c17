/* The subcommands that come from the tables: one for each verb that staff or integrators may give
 * and for each view that they may see, by the running server.
 * "network.done" is `ringoff network done`; the view "lines" is `ringoff line list`, the view
 * "closure" `ringoff closure show`. Options, help and refusals are those of the table. */
#ifndef RINGOFF_CLI_REMOTE_H
#define RINGOFF_CLI_REMOTE_H
#include "cli/command.h"
#include "commands/verbs.h"
#include "views/views.h"

enum { REMOTE_NAME = 64 };

/* One subcommand: verb or view is set, the other is NULL. */
struct remote {
    char name[REMOTE_NAME];
    const struct verb *verb;
    const struct view *view;
};

/* The i-th; false past the last. */
bool remote_at(size_t i, struct remote *remote);
/* One line of help. */
const char *remote_help(const struct remote *remote);
/* Runs it. argv[0] is replaced by its name; the options follow. */
int remote_run(const struct remote *remote, int argc, char **argv);
#endif
