/* What `ringoff journal verify` and `ringoff ledger verify` share: is what is kept still what was
 * recorded. Both read the database themselves, so they work whether or not a server runs. */
#ifndef RINGOFF_CLI_VERIFY_H
#define RINGOFF_CLI_VERIFY_H
#include "cli/command.h"
#include "cli/installation.h"

/* Of both commands' parsers. */
error_t verify_option(int key, char *argument, struct argp_state *state);
extern const struct argp_child verify_children[];
/* Opens what both read; NULL (said) and *code when it cannot be. */
struct store *verify_open(const struct command *command, const struct argp *argp, int argc,
                          char **argv, struct common *common, struct house *house, int *code);
/* Closes it; the exit code. read: all could be read; good: and nothing is wrong. */
int verify_end(struct store *store, struct house *house, bool read, bool good);
#endif
