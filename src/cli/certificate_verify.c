/* ringoff certificate verify FILE: is it genuine, is it unchanged, and what does it state. Needs no
 * server; with --keys no installation either. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "cli/command.h"
#include "cli/installation.h"
#include "cli/show.h"
#include "rules/certificate.h"
#include "rules/certificate_file.h"

enum { VERIFY_KEYS = OPTION_OWN, EXIT_UNKNOWN_KEY = 5, KEYS_FILE_MOST = 256 * 1024 };

struct asked {
    struct common common;
    const char *file, *keys;
};

/* A key by which a file may be signed. */
struct known {
    uint8_t key[SIGN_PUBLIC_BYTES];
    int64_t made_at, retired_at;
};

/* The keys of one operator. */
struct keys {
    char operator[CODE_SIZE];
    struct known known[SIGNING_KEYS];
    size_t count;
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case VERIFY_KEYS:
        asked->keys = argument;
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

static const struct argp_option options[] = {
    {"keys", VERIFY_KEYS, "FILE", 0,
     "The operator's public keys, as https://HOST/.well-known/ringoff-keys.json has them; without "
     "it the keys of the installation (--data) are taken",
     1},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};
static const struct argp argp = {
    .options = options,
    .parser = option,
    .args_doc = "FILE",
    .doc = "Checks a certificate of closure: that it was signed with one of the keys, at a time "
           "when that key was in use, and that no byte of it was changed since; and prints what it "
           "states. Needs no server. - is the standard input."
           "\vThe keys are as trustworthy as where they come from: fetch them from the operator "
           "over https, or be given them. Exit code 1: it is not valid: changed, cut short, added "
           "to, or no certificate. Exit code 5: it names a key that is not among the "
           "operator's.\n\n" EXIT_HELP,
    .children = children,
};

/* --- the keys --- */

static bool key_read(const json_t *item, struct known *known) {
    const char *key = json_string_value(json_object_get(item, "public_key"));
    const char *made = json_string_value(json_object_get(item, "made_at"));
    const char *retired = json_string_value(json_object_get(item, "retired_at"));
    known->retired_at = 0;
    return key && made && secret_unhex(key, known->key, sizeof known->key) &&
           civil_parse_time(made, &known->made_at) &&
           (!retired || civil_parse_time(retired, &known->retired_at));
}

static bool keys_of_file(const char *path, struct keys *keys, char why[INSTALLATION_WHY]) {
    char reason[256] = "it holds no keys";
    size_t length = 0, i;
    char *text = file_read(path, KEYS_FILE_MOST, &length, reason);
    json_t *all = text ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL, *item;
    const char *code = json_string_value(json_object_get(all, "operator"));
    if (code && strlen(code) < sizeof keys->operator)
        memcpy(keys->operator, code, strlen(code) + 1);
    json_array_foreach(json_object_get(all, "keys"), i, item) {
        if (keys->count < SIGNING_KEYS && key_read(item, &keys->known[keys->count]))
            keys->count++;
    }
    json_decref(all);
    free(text);
    snprintf(why, INSTALLATION_WHY, "%.200s: %s", path, reason);
    return keys->operator[0] && keys->count;
}

/* The operator with the code among all; id 0: there is none. */
static bool operator_next(void *owner, const void *row) {
    struct operator_row *wanted = owner;
    const struct operator_row *one = row;
    if (strcmp(one->code, wanted->code) == 0)
        wanted->id = one->id;
    return !wanted->id;
}

static bool key_next(void *owner, const void *row) {
    struct keys *keys = owner;
    const struct signing_key *key = row;
    struct known *known = &keys->known[keys->count++];
    memcpy(known->key, key->public_key, sizeof known->key);
    known->made_at = key->made_at;
    known->retired_at = key->retired_at;
    return keys->count < SIGNING_KEYS;
}

static bool keys_of_house(const char *data, const char *code, struct keys *keys,
                          char why[INSTALLATION_WHY]) {
    struct house house;
    struct operator_row wanted = {.id = 0};
    struct key key = {.limit = SIGNING_KEYS};
    struct store *store =
        installation_open(&house, data, why) ? installation_reader(&house, why) : NULL;
    if (!store)
        return false;
    snprintf(wanted.code, sizeof wanted.code, "%s", code);
    enum store_result read = house.engine->scan(store, OPERATOR_LIST, &key, operator_next, &wanted);
    key.operator= wanted.id;
    if (read == STORE_OK && wanted.id)
        read = house.engine->scan(store, SIGNING_KEYS_OF, &key, key_next, keys);
    if (read != STORE_OK)
        snprintf(why, INSTALLATION_WHY, "%s", house.engine->why(store));
    snprintf(keys->operator, sizeof keys->operator, "%s", wanted.id ? wanted.code : "");
    house.engine->close(store);
    installation_close(&house);
    return read == STORE_OK;
}

/* --- the file --- */

/* At most one byte more than a certificate may have; NULL (said) when it cannot be read. */
static char *bytes_read(const char *path, size_t *length) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    char *bytes = file ? malloc((size_t)CERTIFICATE_FILE_MOST + 1) : NULL;
    *length = bytes ? fread(bytes, 1, (size_t)CERTIFICATE_FILE_MOST + 1, file) : 0;
    bool failed = !bytes || ferror(file);
    if (failed)
        command_say("%s: %s", path, strerror(errno));
    if (file && !standard)
        fclose(file);
    if (!failed)
        return bytes;
    free(bytes);
    return NULL;
}

struct verdict {
    int code;
    const char *word, *why;
};

/* What the file is; *by is the key that it was signed with, when it is known. */
static struct verdict judge(const struct certificate_file *file, const char *bytes,
                            const struct keys *keys, const char *code, const struct known **by) {
    struct certificate_facts facts;
    char name[SIGN_NAME_SIZE];
    for (size_t i = 0; i < keys->count && !*by; i++) {
        secret_sign_name(keys->known[i].key, name);
        if (strcmp(name, file->key) == 0 && strcmp(keys->operator, code) == 0)
            *by = &keys->known[i];
    }
    if (!*by)
        return (struct verdict){EXIT_UNKNOWN_KEY, "unknown key",
                                "it names a key that is not among the operator's"};
    if (!certificate_file_signed(file, bytes, (*by)->key))
        return (struct verdict){EXIT_REFUSED, "changed", "it is not what was signed"};
    if (certificate_read(file->statement, &facts) &&
        !certificate_key_lived((*by)->made_at, (*by)->retired_at, facts.deregistered_at))
        return (struct verdict){EXIT_REFUSED, "not valid",
                                "its key was not in use on the day that it states"};
    return (struct verdict){EXIT_DONE, "valid", "signed by the operator, and unchanged"};
}

static void verdict_say(const struct asked *asked, const struct verdict *verdict, const char *key,
                        json_t *states) {
    if (asked->common.json) {
        json_t *answer = json_pack("{s:s,s:s,s:s,s:O*}", "result", verdict->word, "why",
                                   verdict->why, "key", key, "states", states);
        json_dumpf(answer, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(answer);
        return;
    }
    printf("%s: %s\n", verdict->word, verdict->why);
    if (*key)
        printf("key: %s\n", key);
    if (states) {
        puts("It states:");
        show_object(stdout, NULL, states, 2);
    }
}

static int verify(const struct asked *asked, const char *bytes, size_t length) {
    struct certificate_file file;
    struct keys keys = {.count = 0};
    char why[INSTALLATION_WHY];
    const struct known *by = NULL;
    struct verdict verdict = {EXIT_REFUSED, "not valid",
                              "this is no certificate of closure, or not a whole one"};
    bool whole = certificate_file_read(bytes, length, &file);
    json_t *states = whole ? json_loads(file.statement, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *code = json_string_value(json_object_get(states, "operator"));
    code = code ? code : "";
    if (whole) {
        bool read = asked->keys ? keys_of_file(asked->keys, &keys, why)
                                : keys_of_house(asked->common.data, code, &keys, why);
        if (!read) {
            command_say("%s", why);
            json_decref(states);
            return EXIT_FAULT;
        }
        verdict = judge(&file, bytes, &keys, code, &by);
    }
    /* what was not signed by the operator is not repeated */
    verdict_say(asked, &verdict, whole ? file.key : "", verdict.code == EXIT_DONE ? states : NULL);
    json_decref(states);
    return verdict.code;
}

int certificate_verify_run(const struct command *command, int argc, char **argv) {
    struct asked asked = {.file = NULL};
    size_t length;
    common_open(&asked.common);
    if (!command_parse(command, &argp, argc, argv, &asked))
        return EXIT_USAGE;
    char *bytes = bytes_read(asked.file, &length);
    int code = bytes ? verify(&asked, bytes, length) : EXIT_FAULT;
    free(bytes);
    return code;
}
