#include "cli/installation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

bool installation_name(struct house *installation, const char *folder) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    if (length == 0 || length >= INSTALLATION_PATH)
        return false;
    memcpy(installation->folder, folder, length);
    installation->folder[length] = '\0';
    folder = installation->folder;
    size_t size = sizeof installation->database;
    snprintf(installation->database, size, "%s/ringoff.db", folder);
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

static bool settings_make(const struct house *installation, char why[INSTALLATION_WHY]) {
    int descriptor =
        open(installation->settings_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (!file)
        return failed(why, installation->settings_file);
    bool written = settings_write(file);
    if (fclose(file) != 0 || !written)
        return failed(why, installation->settings_file);
    return true;
}

static bool key_make(struct house *installation, char why[INSTALLATION_WHY]) {
    bool there = is_there(installation->key_file);
    if (!there && is_there(installation->database)) {
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

bool installation_make(struct house *installation, bool demo, enum installation_made *made,
                       char why[INSTALLATION_WHY]) {
    char reason[256];
    if (mkdir(installation->folder, 0700) != 0 && errno != EEXIST)
        return failed(why, installation->folder);
    bool there = is_there(installation->database) && is_there(installation->settings_file);
    if (!key_make(installation, why))
        return false;
    struct store *store = there ? installation_reader(installation, why) : NULL;
    *made = store ? MADE_NOTHING : there ? MADE_NEWER : MADE_NEW;
    if (store) {
        sqlite_engine.close(store);
        return true;
    }
    if (!store_prepare(installation->database, &installation->secrets, demo, reason)) {
        snprintf(why, INSTALLATION_WHY, "%s", reason);
        return false;
    }
    return is_there(installation->settings_file) || settings_make(installation, why);
}

bool installation_open(struct house *installation, const char *folder, char why[INSTALLATION_WHY]) {
    memset(installation, 0, sizeof *installation);
    if (!installation_name(installation, folder)) {
        snprintf(why, INSTALLATION_WHY, "the folder's name is empty or too long");
        return false;
    }
    if (!is_there(installation->database)) {
        snprintf(why, INSTALLATION_WHY,
                 "%.400s is no installation: make one with ringoff init --data", folder);
        return false;
    }
    if (!is_there(installation->key_file)) {
        snprintf(why, INSTALLATION_WHY, "%.400s: %s", installation->key_file, strerror(ENOENT));
        return false;
    }
    char reason[SETTING_WHY];
    if (!key_make(installation, why))
        return false;
    if (!settings_read(installation->settings_file, &installation->settings, reason)) {
        snprintf(why, INSTALLATION_WHY, "%s", reason);
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
        sqlite_engine.open(installation->database, &installation->secrets, true, reason);
    if (!store)
        snprintf(why, INSTALLATION_WHY, "%s", reason);
    return store;
}

struct committer *installation_committer(const struct house *installation, bool *locked,
                                         char why[INSTALLATION_WHY]) {
    char reason[256] = "";
    struct committer_settings settings = {.engine = &sqlite_engine,
                                          .where = installation->database,
                                          .secrets = &installation->secrets,
                                          .now = clock_now,
                                          .queue_limit = 4096};
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
