#include "cli/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/client.h"
#include "cli/installation.h"
#include "cli/remote_options.h"
#include "cli/show.h"

/* As the server's end has it (web/terminal.h); a test asks the server for each. */
static bool offered(uint32_t who) {
    return (who & (ACTOR_STAFF | ACTOR_API)) != 0;
}

static void name_make(const char *from, const char *behind, bool plural, char to[REMOTE_NAME]) {
    size_t length = strlen(from);
    length -= plural && length > 2 && from[length - 1] == 's';
    snprintf(to, REMOTE_NAME, "%.*s%s", (int)length, from, behind);
    for (; *to; to++)
        *to = *to == '_' ? '-' : *to == '.' ? ' ' : *to;
}

bool remote_at(size_t i, struct remote *remote) {
    memset(remote, 0, sizeof *remote);
    for (size_t k = 0; k < verb_count(); k++) {
        const struct verb *verb = verb_at(k);
        if (verb->internal || verb->upload || !offered(verb->who) || i-- > 0)
            continue;
        remote->verb = verb;
        name_make(verb->name, "", false, remote->name);
        return true;
    }
    for (size_t k = 0; k < view_count(); k++) {
        const struct view *view = view_at(k);
        if (!offered(view->who) || i-- > 0)
            continue;
        remote->view = view;
        name_make(view->name, view->list ? " list" : " show", view->list, remote->name);
        return true;
    }
    return false;
}

const char *remote_help(const struct remote *remote) {
    return remote->verb ? remote->verb->help : remote->view->help;
}

/* policy load FILE: the text itself says whose rules it holds. */
static void operator_code_fill(struct remote_line *line) {
    const char *text = json_string_value(json_object_get(line->input, "text"));
    if (strcmp(line->remote->verb->name, "policy.load") != 0 || !text ||
        json_object_get(line->input, "operator_code"))
        return;
    json_t *policy = json_loads(text, 0, NULL);
    const char *code = json_string_value(json_object_get(policy, "operator"));
    if (code)
        json_object_set_new(line->input, "operator_code", json_string(code));
    json_decref(policy);
}

static json_t *verb_body(struct remote_line *line) {
    const char *const names[] = {"number", "iccid", "reference"};
    const char *const values[] = {line->number, line->iccid, line->reference};
    operator_code_fill(line);
    json_t *body = json_pack("{s:O}", "input", line->input);
    for (size_t i = 0; body && i < 3; i++)
        if (values[i])
            json_object_set_new(body, names[i], json_string(values[i]));
    return body;
}

static bool view_path(const struct remote_line *line, char *path, size_t size) {
    const char *const names[] = {"id", "number", "iccid", "reference", "after", "limit", "search"};
    const char *const values[] = {line->id,    line->number, line->iccid, line->reference,
                                  line->after, line->limit,  line->search};
    bool fits = true;
    for (size_t i = 0; fits && i < sizeof names / sizeof *names; i++)
        fits = !values[i] || client_query(path, size, names[i], values[i]);
    return fits;
}

static void show_done(const struct remote *remote, const json_t *json) {
    const char *secret = json_string_value(json_object_get(json, "secret"));
    const char *result = json_string_value(json_object_get(json, "result"));
    const json_t *shown = json_object_get(json, "shown");
    const struct view *view = remote->verb->view ? view_of(remote->verb->view) : NULL;
    printf("done: %s%s%s%s\n", remote->verb->name, result ? ", id " : "", result ? result : "",
           json_is_true(json_object_get(json, "replayed")) ? " (it was done before)" : "");
    if (secret)
        printf("secret: %s (shown once; keep it safe)\n", secret);
    if (shown && view)
        show_object(stdout, view->fields, shown, 0);
}

static void answer_show(const struct remote_line *line, const struct answer *answer) {
    const struct remote *remote = line->remote;
    if (line->common.json && answer->json) {
        json_dumpf(answer->json, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    if (answer->code != EXIT_DONE && answer->field[0])
        command_say("%s: %s: %s", answer->refusal, answer->field, answer->why);
    else if (answer->code != EXIT_DONE)
        command_say("%s%s%s", answer->refusal, answer->refusal[0] ? ": " : "", answer->why);
    else if (line->common.json)
        return;
    else if (answer->bytes.length && line->to)
        fprintf(stderr, "%s: %zu bytes, %s. Delete it when you have decided.\n", line->to,
                answer->bytes.length, answer->media);
    else if (remote->verb)
        show_done(remote, answer->json);
    else if (remote->view->list)
        show_page(stdout, remote->view->fields, answer->json);
    else
        show_object(stdout, remote->view->fields, answer->json, 0);
}

/* Made before anything is asked, so that what cannot be kept is not shown; -1 and said when it
 * cannot be made. Of a verb that answers otherwise, and "-": the standard output. */
static int file_make(const struct remote_line *line) {
    if (!line->remote->verb || !line->remote->verb->content)
        return STDOUT_FILENO;
    bool standard = line->to && strcmp(line->to, "-") == 0;
    if (!line->to || (standard && isatty(STDOUT_FILENO))) {
        command_say("give --to FILE: it is a picture or a PDF");
        return -1;
    }
    int file =
        standard ? STDOUT_FILENO : open(line->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        command_say("%s: %s", line->to, strerror(errno));
    return file;
}

/* Nothing is left of what did not come whole. */
static void file_end(const struct remote_line *line, int file, struct answer *answer) {
    const struct buffer *bytes = &answer->bytes;
    bool made = file != STDOUT_FILENO, good = answer->code == EXIT_DONE;
    for (size_t at = 0; good && at < bytes->length;) {
        ssize_t written = write(file, bytes->data + at, bytes->length - at);
        good = written > 0 || (written < 0 && errno == EINTR);
        at += written > 0 ? (size_t)written : 0;
    }
    good = good && (!made || fsync(file) == 0);
    if (!good && answer->code == EXIT_DONE) {
        command_say("%s: %s", made ? line->to : "standard output", strerror(errno));
        answer->code = EXIT_FAULT;
    }
    if (made) {
        close(file);
        if (!good)
            unlink(line->to);
    }
}

int remote_run(const struct remote *remote, int argc, char **argv) {
    struct remote_line line;
    struct house house;
    struct answer answer = {.code = EXIT_USAGE};
    char path[1600], key[32];
    uint8_t random[16];
    bool read = remote_line_read(remote, argc, argv, &line);
    snprintf(path, sizeof path, "/%s/%s", remote->verb ? "verb" : "view",
             remote->verb ? remote->verb->name : remote->view->name);
    if (read &&
        (!installation_socket(&house, line.common.data) || !view_path(&line, path, sizeof path))) {
        command_say("the folder's name or a value is too long");
        read = false;
    }
    int file = read ? file_make(&line) : -1;
    if (file >= 0) {
        secret_random(random, sizeof random);
        secret_base64(random, sizeof random, key);
        struct ask ask = {.socket = house.socket,
                          .path = path,
                          .operator_code = line.operator_code,
                          .api_key_file = line.api_key_file,
                          .status_secret = line.status_secret};
        if (remote->verb) {
            ask.key = line.key ? line.key : key;
            ask.body = verb_body(&line);
        }
        client_ask(&ask, &answer);
        json_decref(ask.body);
        if (remote->verb && remote->verb->content)
            file_end(&line, file, &answer);
        answer_show(&line, &answer);
        client_answer_close(&answer);
    }
    remote_line_close(&line);
    return (int)answer.code;
}
