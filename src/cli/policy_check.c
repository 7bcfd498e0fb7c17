/* ringoff policy check FILE: everything that is wrong with a policy, before it is loaded. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "rules/policy.h"

struct asked {
    struct common common;
    const char *file;
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case ARGP_KEY_ARG:
        if (asked->file)
            return ARGP_ERR_UNKNOWN;
        asked->file = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which FILE?");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .parser = option,
    .args_doc = "FILE",
    .doc = "Checks an operator's policy: the form of the JSON and every rule it must keep, such as "
           "the one-day clock. Needs no server and no installation. - is the standard input."
           "\vExit code 1: the policy is refused; each fault is named by its field.\n\n" EXIT_HELP,
    .children = children,
};

static void faults_say(const struct policy_faults *faults) {
    for (size_t i = 0; i < faults->count && i < POLICY_FAULTS; i++)
        printf("%s%s%s\n", faults->fault[i].field, faults->fault[i].field[0] ? ": " : "",
               faults->fault[i].why);
}

static void faults_json(const struct policy_faults *faults) {
    json_t *list = json_array();
    for (size_t i = 0; i < faults->count && i < POLICY_FAULTS; i++)
        json_array_append_new(list, json_pack("{s:s,s:s}", "field", faults->fault[i].field, "why",
                                              faults->fault[i].why));
    json_t *answer = json_pack("{s:b,s:o}", "good", faults->count == 0, "faults", list);
    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(answer);
}

int policy_check_run(const struct command *command, int argc, char **argv) {
    struct asked asked = {0};
    char why[256];
    size_t length = 0;
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    char *text = file_read(asked.file, POLICY_TEXT_SIZE - 1, &length, why);
    struct policy *policy = calloc(1, sizeof *policy);
    struct policy_faults *faults = calloc(1, sizeof *faults);
    int code = EXIT_FAULT;
    if (!text || !policy || !faults) {
        command_say("%s", text ? "out of memory" : why);
    } else {
        bool good = policy_read(text, length, policy, faults);
        code = good ? EXIT_DONE : EXIT_REFUSED;
        if (asked.common.json)
            faults_json(faults);
        else if (good)
            printf("good: operator %s, version %lld\n",
                   policy->operator,(long long) policy->version);
        else
            faults_say(faults);
    }
    free(text);
    free(policy);
    free(faults);
    return code;
}
