#include "cli/settings.h"

#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

enum setting_kind { SET_TEXT, SET_URL, SET_PLACE, SET_NUMBER, SET_YES_NO, SET_CHOICE };

struct setting {
    const char *section, *name;
    enum setting_kind kind;
    size_t offset;
    int64_t least, most;
    const char *standard; /* the default as text; NULL: the line stands commented out */
    const char *choices[4];
    const char *help;
};

#define PLACE(member) offsetof(struct settings, member)
static const struct setting table[] = {
    {"server",
     "port",
     SET_NUMBER,
     PLACE(port),
     0,
     65535,
     "8080",
     {NULL},
     "The port on 127.0.0.1 (a proxy such as nginx stands in front). serve --listen goes first."},
    {"server",
     "base_url",
     SET_URL,
     PLACE(base_url),
     0,
     0,
     NULL,
     {NULL},
     "Where the operators are found by their codes, as https://close.example.com/CODE. Without "
     "it each operator is reached under the host names of its policy."},
    {"server",
     "https",
     SET_YES_NO,
     PLACE(https),
     0,
     1,
     "yes",
     {NULL},
     "The world comes over https: secure cookies, and browsers are told to stay there."},
    {"server",
     "trust_proxy",
     SET_YES_NO,
     PLACE(trust_proxy),
     0,
     1,
     "no",
     {NULL},
     "Believe the last entry of X-Forwarded-For. Only with a proxy of your own in front."},
    {"server",
     "log",
     SET_YES_NO,
     PLACE(log),
     0,
     1,
     "yes",
     {NULL},
     "One JSON line a request on stderr; nothing personal stands in it."},
    {"server",
     "socket",
     SET_TEXT,
     PLACE(socket),
     0,
     0,
     NULL,
     {NULL},
     "The terminal's socket, where it is not ringoff.sock in this folder: people other than the "
     "one who runs the server reach it only in a folder that is open to them."},
    {"database",
     "where",
     SET_PLACE,
     PLACE(database),
     0,
     0,
     NULL,
     {NULL},
     "PostgreSQL's connection string, as host=/run/postgresql dbname=ringoff; without it the\n"
     "# database is the SQLite file in this folder. No password stands here: name a passfile=.\n"
     "# A long one goes on in the next line, which then begins with spaces."},
    {"database",
     "committers",
     SET_NUMBER,
     PLACE(committers),
     0,
     16,
     "0",
     {NULL},
     "Connections that write, each with a chain of the journal; 0 is 2 on PostgreSQL, and 1 on\n"
     "# SQLite, which has no more."},
    {"database",
     "patience",
     SET_NUMBER,
     PLACE(patience),
     0,
     50,
     "10",
     {NULL},
     "Seconds that a request waits for PostgreSQL to come back before it is asked to come again."},
    {"limits",
     "threads",
     SET_NUMBER,
     PLACE(threads),
     0,
     64,
     "0",
     {NULL},
     "Threads that serve HTTP; 0 here and below is the program's own default."},
    {"limits",
     "password_threads",
     SET_NUMBER,
     PLACE(preparers),
     0,
     64,
     "0",
     {NULL},
     "Threads that check passwords; each takes 64 MiB."},
    {"limits",
     "connections",
     SET_NUMBER,
     PLACE(connections),
     0,
     100000,
     "0",
     {NULL},
     "Connections in all."},
    {"limits",
     "connections_per_address",
     SET_NUMBER,
     PLACE(connections_address),
     0,
     100000,
     "0",
     {NULL},
     "Connections of one address; without a proxy only."},
    {"limits",
     "body_bytes",
     SET_NUMBER,
     PLACE(body_bytes),
     0,
     16777216,
     "0",
     {NULL},
     "The largest form or JSON body."},
    {"limits",
     "queue",
     SET_NUMBER,
     PLACE(queue),
     0,
     1000000,
     "0",
     {NULL},
     "Commands that may wait for the database; one more is asked to come again."},
    {"network",
     "adapter",
     SET_CHOICE,
     PLACE(network),
     0,
     0,
     "manual",
     {"manual", "osmo-hlr", NULL},
     "Who cuts a line: manual (a work item for the staff) or osmo-hlr."},
    {"network",
     "host",
     SET_TEXT,
     PLACE(hlr_host),
     0,
     0,
     "127.0.0.1",
     {NULL},
     "The HLR's control interface. It knows no password: loopback or a closed network."},
    {"network", "port", SET_NUMBER, PLACE(hlr_port), 1, 65535, "4259", {NULL}, ""},
    {"network",
     "seconds",
     SET_NUMBER,
     PLACE(hlr_seconds),
     1,
     300,
     "20",
     {NULL},
     "How long one attempt may take."},
    {"sms",
     "url",
     SET_URL,
     PLACE(sms_url),
     0,
     0,
     NULL,
     {NULL},
     "Kannel's sendsms: http://127.0.0.1:13013/cgi-bin/sendsms. Without it no SMS is sent."},
    {"sms", "user", SET_TEXT, PLACE(sms_user), 0, 0, NULL, {NULL}, ""},
    {"sms",
     "password_file",
     SET_TEXT,
     PLACE(sms_password_file),
     0,
     0,
     NULL,
     {NULL},
     "A file that holds the password and nothing else; below this folder unless it begins with /."},
    {"sms",
     "ca_file",
     SET_TEXT,
     PLACE(sms_ca_file),
     0,
     0,
     NULL,
     {NULL},
     "Whom to trust for https, where it is not the system's list."},
    {"sms", "seconds", SET_NUMBER, PLACE(sms_seconds), 1, 300, "20", {NULL}, ""},
    {"mail",
     "host",
     SET_TEXT,
     PLACE(mail_host),
     0,
     0,
     NULL,
     {NULL},
     "The SMTP server. Without it no e-mail is sent."},
    {"mail", "port", SET_NUMBER, PLACE(mail_port), 1, 65535, "587", {NULL}, ""},
    {"mail",
     "starttls",
     SET_CHOICE,
     PLACE(mail_starttls),
     0,
     0,
     "required",
     {"required", "optional", "off", NULL},
     "required, optional or off."},
    {"mail", "user", SET_TEXT, PLACE(mail_user), 0, 0, NULL, {NULL}, ""},
    {"mail",
     "password_file",
     SET_TEXT,
     PLACE(mail_password_file),
     0,
     0,
     NULL,
     {NULL},
     "As for sms."},
    {"mail",
     "from",
     SET_TEXT,
     PLACE(mail_from),
     0,
     0,
     NULL,
     {NULL},
     "The sender's address: close@example.com"},
    {"mail", "from_name", SET_TEXT, PLACE(mail_from_name), 0, 0, NULL, {NULL}, ""},
    {"mail", "ca_file", SET_TEXT, PLACE(mail_ca_file), 0, 0, NULL, {NULL}, ""},
    {"mail", "seconds", SET_NUMBER, PLACE(mail_seconds), 1, 300, "30", {NULL}, ""},
    {"payment",
     "url",
     SET_URL,
     PLACE(payment_url),
     0,
     0,
     NULL,
     {NULL},
     "Where the payment provider pays refunds back to the card or account of a top-up, and ends\n"
     "# auto-recharge mandates; https, or this machine. Without it the staff do both by hand."},
    {"payment",
     "secret_file",
     SET_TEXT,
     PLACE(payment_secret_file),
     0,
     0,
     NULL,
     {NULL},
     "A file with the secret that signs what is asked: whsec_ and base64 of 24 to 64 bytes."},
    {"payment", "ca_file", SET_TEXT, PLACE(payment_ca_file), 0, 0, NULL, {NULL}, "As for sms."},
    {"payment", "seconds", SET_NUMBER, PLACE(payment_seconds), 1, 300, "20", {NULL}, ""},
};
enum { SETTINGS = sizeof table / sizeof *table, PLACE_LINE = 90 };

/* A connection string may go on in lines that begin with spaces: each is added. */
static const char *place_add(char to[SETTING_PLACE], const char *text) {
    size_t before = strlen(to), length = strlen(text);
    if (before + length + 2 > SETTING_PLACE)
        return "is too long";
    if (before)
        to[before++] = ' ';
    memcpy(to + before, text, length + 1);
    return NULL;
}

/* Sets one value from text; NULL, or why it does not fit. */
static const char *setting_set(struct settings *settings, const struct setting *setting,
                               const char *text) {
    char *to = (char *)settings + setting->offset;
    int64_t number = 0;
    size_t length = strlen(text);
    switch (setting->kind) {
    case SET_PLACE:
        return place_add(to, text);
    case SET_TEXT:
    case SET_URL:
        if (length >= SETTING_TEXT)
            return "is too long";
        if (setting->kind == SET_URL && length && strncmp(text, "http://", 7) != 0 &&
            strncmp(text, "https://", 8) != 0)
            return "must begin with http:// or https://";
        memcpy(to, text, length + 1);
        if (setting->kind == SET_URL && length && to[length - 1] == '/')
            to[length - 1] = '\0';
        return NULL;
    case SET_NUMBER:
        if (!number_read(text, setting->least, setting->most, &number))
            return "is no number";
        break;
    case SET_YES_NO:
        number = strcmp(text, "yes") == 0;
        if (!number && strcmp(text, "no") != 0)
            return "must be yes or no";
        break;
    case SET_CHOICE:
        while (setting->choices[number] && strcmp(setting->choices[number], text) != 0)
            number++;
        if (!setting->choices[number])
            return "is none of its choices";
        break;
    }
    memcpy(to, &number, sizeof number);
    return NULL;
}

void settings_default(struct settings *settings) {
    memset(settings, 0, sizeof *settings);
    for (size_t i = 0; i < SETTINGS; i++)
        if (table[i].standard)
            setting_set(settings, &table[i], table[i].standard);
}

struct reading {
    FILE *file;
    struct settings *settings;
    int64_t line;
    bool seen[SETTINGS], failed;
    bool further; /* the line goes on with the value of the one before */
    char *why;
    const char *path;
};

static void fault(struct reading *r, const char *what, const char *name, const char *why) {
    if (!r->failed)
        snprintf(r->why, SETTING_WHY, "%.200s, line %lld: %.20s%.60s%s%s", r->path,
                 (long long)r->line, what, name, *name ? " " : "", why);
    r->failed = true;
}

/* ini.h reads by this: a line is handed over whole, or refused, so the number is the editor's. */
static char *line_next(char *text, int size, void *owner) {
    struct reading *r = owner;
    if (!fgets(text, size, r->file))
        return NULL;
    r->line++;
    r->further = text[0] == ' ' || text[0] == '\t';
    if (!strchr(text, '\n') && !feof(r->file)) {
        fault(r, "", "", "the line is too long");
        return NULL;
    }
    return text;
}

static int value_set(void *owner, const char *section, const char *name, const char *value) {
    struct reading *r = owner;
    if (r->failed)
        return 0;
    for (size_t i = 0; i < SETTINGS; i++) {
        if (strcmp(table[i].section, section) != 0 || strcmp(table[i].name, name) != 0)
            continue;
        bool again = r->seen[i] && !(r->further && table[i].kind == SET_PLACE);
        const char *why = again ? "stands twice" : setting_set(r->settings, &table[i], value);
        char bounds[64];
        r->seen[i] = true;
        if (why && !again && table[i].kind == SET_NUMBER) {
            snprintf(bounds, sizeof bounds, "must be a whole number from %lld to %lld",
                     (long long)table[i].least, (long long)table[i].most);
            why = bounds;
        }
        if (why)
            fault(r, "", name, why);
        return why == NULL;
    }
    fault(r, "there is no setting ", name, *section ? "in this section" : "outside the sections");
    return 0;
}

bool settings_read(const char *path, struct settings *settings, char why[SETTING_WHY]) {
    struct reading r = {.settings = settings, .why = why, .path = path};
    settings_default(settings);
    r.file = fopen(path, "re");
    if (!r.file) {
        snprintf(why, SETTING_WHY, "%.200s: %s", path, strerror(errno));
        return false;
    }
    int line = ini_parse_stream(line_next, &r, value_set, &r);
    bool broken = ferror(r.file) != 0;
    fclose(r.file);
    if (!r.failed && line != 0) {
        r.line = line;
        fault(&r, "", "", "is no section, setting or comment");
    }
    if (broken)
        fault(&r, "", "", "cannot be read");
    return !r.failed;
}

/* A name and its connection string, broken at spaces: the library that reads it knows no long
 * lines. */
static void place_write(FILE *file, const char *name, const char *place) {
    fprintf(file, "%s =", name);
    for (size_t length; *place; place += length) {
        length = strlen(place);
        if (length > PLACE_LINE) {
            length = PLACE_LINE;
            while (length > 0 && place[length] != ' ')
                length--;
            length += length == 0 ? strcspn(place, " ") : 0;
        }
        fprintf(file, " %.*s\n", (int)length, place);
        length += place[length] == ' ';
    }
}

bool settings_write(FILE *file, const char *database) {
    const char *section = "";
    fputs("# Settings of this Ringoff installation. `ringoff serve` reads them when it starts.\n"
          "# A line that begins with # or ; does not count. Unknown names are an error.\n"
          "# The rules of the operators are no settings: see `ringoff policy load --help`.\n",
          file);
    for (size_t i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &table[i];
        if (strcmp(section, setting->section) != 0)
            fprintf(file, "\n[%s]\n", section = setting->section);
        if (setting->help[0])
            fprintf(file, "# %s\n", setting->help);
        if (setting->kind == SET_PLACE && *database)
            place_write(file, setting->name, database);
        else
            fprintf(file, "%s%s = %s\n", setting->standard ? "" : "#", setting->name,
                    setting->standard ? setting->standard : "");
    }
    return fflush(file) == 0 && !ferror(file);
}
