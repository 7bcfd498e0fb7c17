/* The program's subcommands: each has a name of one or two words, a line of help and a function.
 * All read their options with argp, so that --help is a manual page of each, and all answer with
 * the same few exit codes, which a script can rely on. */
#ifndef RINGOFF_CLI_COMMAND_H
#define RINGOFF_CLI_COMMAND_H
#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1, /* a rule says no: nothing was changed but an attempt counter */
    EXIT_USAGE = 2,
    EXIT_BUSY = 3,  /* no server can be reached, or it (or the database) cannot take it now */
    EXIT_FAULT = 4, /* our fault, or this machine's: it was written to stderr */
};

struct command {
    const char *name; /* "serve", "import lines" */
    const char *help; /* one line */
    int (*run)(const struct command *command, int argc, char **argv);
};

/* What most commands take. */
struct common {
    const char *data; /* the installation's folder */
    bool json;
};

enum { OPTION_DATA = 'd', OPTION_JSON = 'j', OPTION_OWN = 0x200 };
/* The options --data and --json as a child of a command's own parser, whose input is a common. */
extern const struct argp common_argp;
/* The text that ends every --help: what the exit codes mean. Begins with a vertical tab's text. */
#define EXIT_HELP                                                                                  \
    "Exit codes: 0 done; 1 refused (the sentence says why and what to do); 2 the command line is " \
    "not right; 3 no server can be reached, or it is busy: try again; 4 a fault of this program "  \
    "or machine."

/* Fills the defaults of *common: RINGOFF_DATA, else /var/lib/ringoff. */
void common_open(struct common *common);
/* Parses with argp under the command's full name; common stands for --data and --json unless NULL.
 * input is given to the parser, which finds common among its children's inputs already set. False
 * when the line is wrong (it was said). */
bool command_parse(const struct command *command, const struct argp *argp, int argc, char **argv,
                   void *input);
/* Says "ringoff: <text>" on stderr. */
void command_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A whole number from text within bounds; false else. */
bool number_read(const char *text, int64_t least, int64_t most, int64_t *number);
/* The whole file as text owned by the caller (free), at most limit bytes; NULL with the reason in
 * why. "-" is the standard input. */
char *file_read(const char *path, size_t limit, size_t *length, char why[256]);

/* --- the commands, each in the file of its name --- */
int init_run(const struct command *command, int argc, char **argv);
int import_lines_run(const struct command *command, int argc, char **argv);
int import_charges_run(const struct command *command, int argc, char **argv);
int demo_run(const struct command *command, int argc, char **argv);
int journal_verify_run(const struct command *command, int argc, char **argv);
int ledger_verify_run(const struct command *command, int argc, char **argv);
int certificate_verify_run(const struct command *command, int argc, char **argv);
int certificate_write_run(const struct command *command, int argc, char **argv);
int policy_check_run(const struct command *command, int argc, char **argv);
#endif
