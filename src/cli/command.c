#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static error_t common_option(int key, char *argument, struct argp_state *state) {
    struct common *common = state->input;
    switch (key) {
    case OPTION_DATA:
        common->data = argument;
        return 0;
    case OPTION_JSON:
        common->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_options[] = {
    {"data", OPTION_DATA, "DIR", 0,
     "The installation's folder (or RINGOFF_DATA; /var/lib/ringoff when neither is given)", 90},
    {"json", OPTION_JSON, NULL, 0, "Answer in JSON on stdout", 90},
    {0},
};

const struct argp common_argp = {.options = common_options, .parser = common_option};

void common_open(struct common *common) {
    const char *data = getenv("RINGOFF_DATA");
    *common = (struct common){.data = data && *data ? data : "/var/lib/ringoff"};
}

bool command_parse(const struct command *command, const struct argp *argp, int argc, char **argv,
                   void *input) {
    char name[96];
    snprintf(name, sizeof name, "ringoff %s", command->name);
    argv[0] = name;
    return argp_parse(argp, argc, argv, 0, NULL, input) == 0;
}

void command_say(const char *format, ...) {
    va_list arguments;
    fputs("ringoff: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

bool number_read(const char *text, int64_t least, int64_t most, int64_t *number) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || text[0] == ' ' || text[0] == '+' || value < least ||
        value > most)
        return false;
    *number = value;
    return true;
}

char *file_read(const char *path, size_t limit, size_t *length, char why[256]) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    char *text = file ? malloc(limit + 2) : NULL;
    if (!text) {
        snprintf(why, 256, "%.200s: %s", path, strerror(errno));
        if (file && !standard)
            fclose(file);
        return NULL;
    }
    *length = fread(text, 1, limit + 1, file);
    bool failed = ferror(file) != 0, large = *length > limit;
    if (failed || large)
        snprintf(why, 256, "%.200s: %s", path, failed ? strerror(errno) : "is too large");
    if (!standard)
        fclose(file);
    if (failed || large) {
        free(text);
        return NULL;
    }
    text[*length] = '\0';
    return text;
}
