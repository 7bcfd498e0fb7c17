/* ringoff journal verify, and what it shares with ringoff ledger verify. */
#include "cli/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

error_t verify_option(int key, char *argument, struct argp_state *state) {
    (void)argument;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = state->input;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

const struct argp_child verify_children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp journal_argp = {
    .parser = verify_option,
    .doc = "Recomputes the journal's hash chains and names the first entry that was changed, "
           "removed, swapped or added.\vThe hashes are keyed with the installation's key, and the "
           "end of each chain is kept apart. Exit code 1: an entry is broken.\n\n" EXIT_HELP,
    .children = verify_children,
};

struct store *verify_open(const struct command *command, const struct argp *argp, int argc,
                          char **argv, struct common *common, struct house *house, int *code) {
    char why[INSTALLATION_WHY];
    common_open(common);
    *code = EXIT_USAGE;
    if (!command_parse(command, argp, argc, argv, common))
        return NULL;
    *code = EXIT_FAULT;
    struct store *store =
        installation_open(house, common->data, why) ? installation_reader(house, why) : NULL;
    if (!store)
        command_say("%s", why);
    return store;
}

int verify_end(struct store *store, struct house *house, bool read, bool good) {
    if (!read)
        command_say("%s", house->engine->why(store));
    house->engine->close(store);
    installation_close(house);
    return !read ? EXIT_FAULT : good ? EXIT_DONE : EXIT_REFUSED;
}

int journal_verify_run(const struct command *command, int argc, char **argv) {
    struct common common;
    struct house house;
    struct journal_check check = {0};
    int code;
    struct store *store = verify_open(command, &journal_argp, argc, argv, &common, &house, &code);
    if (!store)
        return code;
    bool read = journal_verify(house.engine, store, &house.secrets, &check) == STORE_OK;
    if (read && common.json && check.seq)
        printf("{\"good\":false,\"entries\":%" PRId64 ",\"chain\":%" PRId64 ",\"entry\":%" PRId64
               ",\"id\":\"%" PRId64 "\",\"what\":\"%s\"}\n",
               check.entries, check.chain, check.seq, journal_id(check.chain, check.seq),
               check.what);
    else if (read && common.json)
        printf("{\"good\":true,\"entries\":%" PRId64 "}\n", check.entries);
    else if (read && check.seq)
        printf("broken: chain %" PRId64 ", entry %" PRId64 ": %s (%" PRId64 " good before it)\n",
               check.chain, check.seq, check.what, check.entries);
    else if (read)
        printf("good: %" PRId64 " entries\n", check.entries);
    return verify_end(store, &house, read, !check.seq);
}
