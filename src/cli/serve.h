/* ringoff serve: the running house. Opens the installation, starts the committer, the HTTP server
 * with the terminal's socket, and the dispatcher, says that it is ready, and ends them in the
 * reverse order when it is told to, after finishing what was accepted.
 * This is where the house is wired together; nothing else knows all its parts. */
#ifndef RINGOFF_CLI_SERVE_H
#define RINGOFF_CLI_SERVE_H
#include "cli/command.h"

/* The command. Prints one line of JSON on stdout when it is ready: {"event":"ready","port":N}. */
int serve_run(const struct command *command, int argc, char **argv);
#endif
