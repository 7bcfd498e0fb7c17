/* ringoff certificate write FILE: the paper of a closure from the running server, for a counter
 * that prints it. An existing file is left alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/client.h"
#include "cli/installation.h"

enum { WRITE_REFERENCE = OPTION_OWN, WRITE_OPERATOR, WRITE_API_KEY, PATH_ROOM = 600 };

struct asked {
    struct common common;
    const char *file, *reference, *operator_code, *api_key_file;
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case WRITE_REFERENCE:
        asked->reference = argument;
        return 0;
    case WRITE_OPERATOR:
        asked->operator_code = argument;
        return 0;
    case WRITE_API_KEY:
        asked->api_key_file = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (asked->file)
            return ARGP_ERR_UNKNOWN;
        asked->file = argument;
        return 0;
    case ARGP_KEY_END:
        if (!asked->file || !asked->reference)
            argp_error(state, "a FILE and --reference are needed");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"reference", WRITE_REFERENCE, "RO-XXXX-XXXX", 0, "The closure, by its reference", 1},
    {"operator", WRITE_OPERATOR, "CODE", 0, "The operator; may be left out where there is one only",
     3},
    {"api-key-file", WRITE_API_KEY, "FILE", 0, "Ask as the integrator whose key stands in FILE", 3},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = option,
    .args_doc = "FILE",
    .doc = "Writes the certificate of a closure, a signed PDF, to a new file that only you can "
           "read. Name and number stand in it: delete the file once it is printed."
           "\vFor staff (certificates:read), or an integrator with --api-key-file.\n\n" EXIT_HELP,
    .children = children,
};

static bool file_write(const char *path, const struct buffer *file) {
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) {
        command_say("%s: %s", path, strerror(errno));
        return false;
    }
    size_t done = 0;
    while (done < file->length) {
        ssize_t some = write(to, file->data + done, file->length - done);
        if (some <= 0)
            break;
        done += (size_t)some;
    }
    if (close(to) == 0 && done == file->length)
        return true;
    command_say("%s: %s", path, strerror(errno));
    unlink(path);
    return false;
}

/* One question; what is not well is said. The answer is closed by the caller. */
static int ask_server(const struct ask *ask, struct answer *answer) {
    client_ask(ask, answer);
    if (answer->code == EXIT_DONE)
        return EXIT_DONE;
    command_say("%s%s%s", answer->refusal, answer->refusal[0] ? ": " : "", answer->why);
    return (int)answer->code;
}

/* Which closure it is, then its paper. */
static int fetch(const struct asked *asked, const struct house *house) {
    char path[PATH_ROOM] = "/view/certificate";
    struct answer answer;
    struct ask ask = {.socket = house->socket,
                      .path = path,
                      .operator_code = asked->operator_code,
                      .api_key_file = asked->api_key_file};
    if (!client_query(path, sizeof path, "reference", asked->reference)) {
        command_say("the reference is too long");
        return EXIT_USAGE;
    }
    int code = ask_server(&ask, &answer);
    const char *id = json_string_value(json_object_get(answer.json, "id"));
    snprintf(path, sizeof path, "/certificate/%.40s", id ? id : "0");
    client_answer_close(&answer);
    if (code != EXIT_DONE)
        return code;
    code = ask_server(&ask, &answer);
    if (code == EXIT_DONE && !file_write(asked->file, &answer.bytes))
        code = EXIT_FAULT;
    client_answer_close(&answer);
    return code;
}

int certificate_write_run(const struct command *command, int argc, char **argv) {
    struct asked asked = {.file = NULL};
    struct house house;
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    if (!installation_socket(&house, asked.common.data)) {
        command_say("the folder's name is too long");
        return EXIT_USAGE;
    }
    return fetch(&asked, &house);
}
