/* The program: finds the subcommand among its own and those of the tables, and runs it. */
#include <argp.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "cli/command.h"
#include "cli/remote.h"
#include "cli/serve.h"
#include "web/api/openapi.h"

#define VERSION "ringoff 0.1.0"

static int openapi_run(const struct command *command, int argc, char **argv) {
    static const struct argp argp = {
        .doc = "Prints the OpenAPI 3.1 document of the API for integrators (also served at "
               "/api/openapi.json).\v" EXIT_HELP};
    if (!command_parse(command, &argp, argc, argv, NULL))
        return EXIT_USAGE;
    json_t *document = openapi_make();
    bool printed = document && json_dumpf(document, stdout, JSON_INDENT(2)) == 0;
    json_decref(document);
    return printed && putchar('\n') != EOF ? EXIT_DONE : EXIT_FAULT;
}

static const struct command commands[] = {
    {"init", "Make an installation", init_run},
    {"serve", "Serve it: portal, API and the commands below", serve_run},
    {"demo", "Make an installation with invented people, or print them again", demo_run},
    {"import lines", "Bring in lines from a CSV file", import_lines_run},
    {"import charges", "Bring in what the charging system tells, from a CSV file",
     import_charges_run},
    {"journal verify", "Is the journal whole and unchanged", journal_verify_run},
    {"ledger verify", "Does the money add up", ledger_verify_run},
    {"certificate verify", "Is a certificate of closure genuine and unchanged",
     certificate_verify_run},
    {"certificate write", "Write the certificate of a closure to a file", certificate_write_run},
    {"policy check", "Is a policy file sound, before it is loaded", policy_check_run},
    {"openapi", "Print the document of the API", openapi_run},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void usage(FILE *file) {
    struct remote remote;
    fputs("Usage: ringoff COMMAND [OPTION...]\n"
          "Ringoff closes registered prepaid lines. Each command explains itself with --help.\n\n",
          file);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(file, "  %-20s %s\n", commands[i].name, commands[i].help);
    fputs("\nBy the running server:\n", file);
    for (size_t i = 0; remote_at(i, &remote); i++)
        fprintf(file, "  %-20s %s\n", remote.name, remote_help(&remote));
    fputs("\n" EXIT_HELP "\n", file);
}

/* The words of a command's name at the start of the line: how many, 0 when it is another one. */
static int words_fit(const char *name, int argc, char **argv) {
    int taken = 0;
    while (*name) {
        size_t length = strcspn(name, " ");
        if (taken == argc || strlen(argv[taken]) != length ||
            strncmp(argv[taken], name, length) != 0)
            return 0;
        taken++;
        name += length + (name[length] == ' ');
    }
    return taken;
}

static int dispatch(int argc, char **argv) {
    struct remote remote;
    int taken;
    for (size_t i = 0; i < COMMANDS; i++)
        if ((taken = words_fit(commands[i].name, argc, argv)))
            return commands[i].run(&commands[i], argc - taken + 1, argv + taken - 1);
    for (size_t i = 0; remote_at(i, &remote); i++)
        if ((taken = words_fit(remote.name, argc, argv)))
            return remote_run(&remote, argc - taken + 1, argv + taken - 1);
    if (argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0)) {
        usage(stdout);
        return EXIT_DONE;
    }
    if (argc == 1 && strcmp(argv[0], "--version") == 0) {
        puts(VERSION);
        return EXIT_DONE;
    }
    usage(stderr);
    return EXIT_USAGE;
}

/* Personal data and keys are in memory: no core file, no file that others may read. */
static void process_harden(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    umask(077);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv) {
    process_harden();
    argp_err_exit_status = EXIT_USAGE;
    if (!secret_start()) {
        command_say("libsodium does not start");
        return EXIT_FAULT;
    }
    int code = dispatch(argc - 1, argv + 1);
    return fflush(stdout) == 0 ? code : EXIT_FAULT;
}
