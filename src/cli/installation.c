#include "cli/installation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/where.h"

enum { USUAL_COMMITTERS = 2 };

bool installation_name(struct house *installation, const char *folder) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length == 0 || length >= INSTALLATION_PATH)
        return false;
    memcpy(installation->folder, folder, length);
    installation->folder[length] = '\0';
    folder = installation->folder;
    size_t size = sizeof installation->where;
    installation->engine = &sqlite_engine;
    snprintf(installation->where, size, "%s/ringoff.db", folder);
    snprintf(installation->key_file, size, "%s/ringoff.key", folder);
    snprintf(installation->settings_file, size, "%s/ringoff.ini", folder);
    snprintf(installation->socket, size, "%s/ringoff.sock", folder);
    return true;
}

static bool is_there(const char *path) {
    return access(path, F_OK) == 0;
}

static bool failed(char why[INSTALLATION_WHY], const char *path) {
    snprintf(why, INSTALLATION_WHY, "%.400s: %s", path, strerror(errno));
    return false;
}

/* One that is there is opened again with the same database or none named; nothing is moved to
 * another one by the way. */
static bool place_fits(const struct house *installation, const char *database, bool settings,
                       bool file, char why[INSTALLATION_WHY]) {
    const char *set = installation->settings.database;
    if (strlen(database) >= SETTING_PLACE)
        snprintf(why, INSTALLATION_WHY, "the connection string is too long");
    else if ((!settings && !file) || (settings && strcmp(database, set) == 0))
        return true;
    else if (set[0] || !file)
        snprintf(why, INSTALLATION_WHY,
                 "%.300s names another database: take another folder, or write the new place into "
                 "[database] there",
                 installation->settings_file);
    else
        snprintf(why, INSTALLATION_WHY,
                 "%.300s is an installation with its database in a file: take another folder",
                 installation->folder);
    return false;
}

bool installation_socket(struct house *installation, const char *folder) {
    char why[SETTING_WHY];
    memset(installation, 0, sizeof *installation);
    if (!installation_name(installation, folder))
        return false;
    if (settings_read(installation->settings_file, &installation->settings, why) &&
        installation->settings.socket[0])
        return installation_path(installation, installation->settings.socket, installation->socket);
    return true;
}

bool installation_place(struct house *installation, const char *database, bool *there,
                        char why[INSTALLATION_WHY]) {
    char wrong[SETTING_WHY], reason[256];
    char *set = installation->settings.database;
    bool file = is_there(installation->where), settings = is_there(installation->settings_file);
    settings_default(&installation->settings);
    if (settings && !settings_read(installation->settings_file, &installation->settings, wrong)) {
        snprintf(why, INSTALLATION_WHY, "%s", wrong);
        return false;
    }
    if (database && !place_fits(installation, database, settings, file, why))
        return false;
    if (database)
        memcpy(set, database, strlen(database) + 1);
    if ((set[0] || database) && !where_check(set, reason)) {
        snprintf(why, INSTALLATION_WHY, "%.240s: %s",
                 settings ? installation->settings_file : "--database", reason);
        return false;
    }
    *there = set[0] ? settings : file;
    if (set[0]) {
        installation->engine = engine_of(set);
        memcpy(installation->where, set, strlen(set) + 1);
    }
    return true;
}

/* Written and read back: what a line of the file cannot hold is found here. */
static bool settings_make(const struct house *installation, char why[INSTALLATION_WHY]) {
    struct settings *read = malloc(sizeof *read);
    char reason[SETTING_WHY];
    int descriptor =
        open(installation->settings_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!file || !read) {
        free(read);
        return failed(why, installation->settings_file);
    }
    bool written = settings_write(file, installation->settings.database);
    bool good = fclose(file) == 0 && written;
    if (!good) {
        failed(why, installation->settings_file);
    } else if (!settings_read(installation->settings_file, read, reason) ||
               strcmp(read->database, installation->settings.database) != 0) {
        good = false;
        snprintf(why, INSTALLATION_WHY,
                 "the connection string cannot stand in a settings file: write it with one space "
                 "between its parts, and without semicolons");
    }
    if (!good)
        unlink(installation->settings_file);
    free(read);
    return good;
}

static bool key_make(struct house *installation, bool made, char why[INSTALLATION_WHY]) {
    bool there = is_there(installation->key_file);
    if (!there && made) {
        snprintf(why, INSTALLATION_WHY,
                 "%.400s is missing, and the database cannot be read without it: put it back",
                 installation->key_file);
        return false;
    }
    if (!there && !secret_file_make(installation->key_file))
        return failed(why, installation->key_file);
    if (secret_file_read(installation->key_file, &installation->secrets))
        return true;
    snprintf(why, INSTALLATION_WHY,
             "%.400s is not a key file of 32 bytes that only its owner may read",
             installation->key_file);
    return false;
}

/* A database that another folder made, with this key, may be served from here too; but a demo is
 * made in an empty one only. */
static bool database_make(const struct house *installation, bool demo, char why[INSTALLATION_WHY]) {
    char reason[256] = "";
    if (!installation->engine->prepare(installation->where, &installation->secrets, demo, reason)) {
        snprintf(why, INSTALLATION_WHY, "%s", reason);
        return false;
    }
    struct store *store = demo ? installation_reader(installation, why) : NULL;
    bool good = !demo || (store && store_is_demo(installation->engine, store));
    if (store && !good)
        snprintf(why, INSTALLATION_WHY, "the database is in use already, and not by a demo");
    if (store)
        installation->engine->close(store);
    return good;
}

bool installation_make(struct house *installation, const char *database, bool demo,
                       enum installation_made *made, char why[INSTALLATION_WHY]) {
    bool there;
    if (!installation_place(installation, database, &there, why))
        return false;
    if (mkdir(installation->folder, 0700) != 0 && errno != EEXIST)
        return failed(why, installation->folder);
    bool settings = is_there(installation->settings_file);
    if (!key_make(installation, there, why))
        return false;
    struct store *store = there && settings ? installation_reader(installation, why) : NULL;
    *made = store ? MADE_NOTHING : there && settings ? MADE_NEWER : MADE_NEW;
    if (store) {
        installation->engine->close(store);
        return true;
    }
    if (!settings && !settings_make(installation, why))
        return false;
    bool good = database_make(installation, demo, why);
    if (!good && !settings)
        unlink(installation->settings_file);
    return good;
}

bool installation_open(struct house *installation, const char *folder, char why[INSTALLATION_WHY]) {
    memset(installation, 0, sizeof *installation);
    if (!installation_name(installation, folder)) {
        snprintf(why, INSTALLATION_WHY, "the folder's name is empty or too long");
        return false;
    }
    bool there;
    if (!installation_place(installation, NULL, &there, why))
        return false;
    if (!there) {
        snprintf(why, INSTALLATION_WHY,
                 "%.400s is no installation: make one with ringoff init --data", folder);
        return false;
    }
    if (!is_there(installation->settings_file))
        return failed(why, installation->settings_file);
    if (!is_there(installation->key_file)) {
        snprintf(why, INSTALLATION_WHY, "%.400s: %s", installation->key_file, strerror(ENOENT));
        return false;
    }
    if (!key_make(installation, there, why))
        return false;
    if (installation->settings.committers > installation->engine->writers) {
        snprintf(why, INSTALLATION_WHY,
                 "%.300s: committers: this database takes %d at most (SQLite has one writer)",
                 installation->settings_file, installation->engine->writers);
        return false;
    }
    if (installation->settings.socket[0] &&
        !installation_path(installation, installation->settings.socket, installation->socket)) {
        snprintf(why, INSTALLATION_WHY, "the socket's name is too long");
        return false;
    }
    return true;
}

void installation_close(struct house *installation) {
    explicit_bzero(&installation->secrets, sizeof installation->secrets);
}

struct store *installation_reader(const struct house *installation, char why[INSTALLATION_WHY]) {
    char reason[256] = "";
    struct store *store =
        installation->engine->open(installation->where, &installation->secrets, true, reason);
    if (!store)
        snprintf(why, INSTALLATION_WHY, "%s", reason);
    return store;
}

void installation_warning(const struct house *installation, struct store *store,
                          char warning[INSTALLATION_WARNING]) {
    const char *text = installation->engine->warning(store);
    snprintf(warning, INSTALLATION_WARNING, "%s", text ? text : "");
}

struct committer_settings installation_committing(const struct house *installation) {
    const struct settings *given = &installation->settings;
    bool shared = installation->engine->writers > 1; /* else it is a file, which does not go away */
    int committers = given->committers ? (int)given->committers : shared ? USUAL_COMMITTERS : 1;
    return (struct committer_settings){.engine = installation->engine,
                                       .where = installation->where,
                                       .secrets = &installation->secrets,
                                       .now = clock_now,
                                       .queue_limit = given->queue ? (size_t)given->queue : 4096,
                                       .committers = committers,
                                       .patience = shared ? given->patience * SECOND : 0};
}

struct committer *installation_committer(const struct house *installation, bool *locked,
                                         char why[INSTALLATION_WHY]) {
    char reason[256] = "";
    struct committer_settings settings = installation_committing(installation);
    struct committer *committer = committer_start(&settings, reason);
    *locked = !committer && strstr(reason, "another ringoff") != NULL;
    if (!committer)
        snprintf(why, INSTALLATION_WHY, "%s", reason);
    return committer;
}

bool installation_path(const struct house *installation, const char *name,
                       char path[INSTALLATION_FILE]) {
    int length = name[0] == '/'
                     ? snprintf(path, INSTALLATION_FILE, "%s", name)
                     : snprintf(path, INSTALLATION_FILE, "%s/%s", installation->folder, name);
    return length > 0 && length < INSTALLATION_FILE;
}

bool installation_secret(const struct house *installation, const char *name, char secret[256],
                         char why[INSTALLATION_WHY]) {
    char path[INSTALLATION_FILE];
    secret[0] = '\0';
    FILE *file = installation_path(installation, name, path) ? fopen(path, "re") : NULL;
    if (!file)
        return failed(why, name);
    size_t length = fread(secret, 1, 255, file);
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    while (length && (secret[length - 1] == '\n' || secret[length - 1] == '\r'))
        length--;
    secret[length] = '\0';
    if (whole && length && strlen(secret) == length && !strpbrk(secret, "\r\n"))
        return true;
    explicit_bzero(secret, 256);
    snprintf(why, INSTALLATION_WHY, "%.300s must hold one line of at most 254 bytes", path);
    return false;
}
