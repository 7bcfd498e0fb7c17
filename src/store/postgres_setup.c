#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/postgres.h"

enum { OLDEST_SERVER = 150000 };

/* Whom a setting is for. */
enum whom { ALL, WRITERS, READERS, REMOTE };

/* Every setting is set and read back. The plans are fixed: PostgreSQL keeps a plan for as long as
 * the connection lives, and one made on empty tables reads whole tables later. So only plans that
 * go by an index are left, and none is made for special values. */
static const struct setting {
    const char *name, *value;
    enum whom whom;
} settings[] = {
    {"application_name", "ringoff", ALL},
    {"client_encoding", "UTF8", ALL},
    {"standard_conforming_strings", "on", ALL},
    {"client_min_messages", "error", ALL},
    {"default_transaction_isolation", "read committed", ALL},
    {"default_transaction_read_only", "on", READERS},
    {"statement_timeout", "10s", WRITERS},
    {"statement_timeout", "5s", READERS},
    {"lock_timeout", "1s", WRITERS},
    {"idle_in_transaction_session_timeout", "3s", WRITERS}, /* what hangs must not hold its locks */
    {"idle_in_transaction_session_timeout", "1min", READERS},
    {"tcp_keepalives_idle", "10", REMOTE},
    {"tcp_keepalives_interval", "5", REMOTE},
    {"tcp_keepalives_count", "3", REMOTE},
    {"plan_cache_mode", "force_generic_plan", ALL},
    {"enable_seqscan", "off", ALL},
    {"enable_bitmapscan", "off", ALL},
    {"enable_indexonlyscan", "off", ALL},
    {"enable_hashjoin", "off", ALL},
    {"enable_mergejoin", "off", ALL},
    {"enable_material", "off", ALL},
    {"enable_memoize", "off", ALL},
    {"max_parallel_workers_per_gather", "0", ALL},
    {"jit", "off", ALL},
};

enum { SETTINGS = sizeof settings / sizeof *settings };

/* What keeps rows out of the server's own log. Only who may change a server's log may set these for
 * himself: without that it is a warning. */
static const struct setting discretions[] = {
    {"log_error_verbosity", "terse", ALL},
    {"log_parameter_max_length", "0", ALL},
    {"log_parameter_max_length_on_error", "0", ALL},
};

static bool is_remote(const struct store *store) {
    const char *host = PQhost(store->link);
    return host && host[0] && host[0] != '/' && host[0] != '@';
}

static bool applies(const struct store *store, const struct setting *setting) {
    return setting->whom == ALL || (setting->whom == WRITERS && !store->reading) ||
           (setting->whom == READERS && store->reading) ||
           (setting->whom == REMOTE && is_remote(store));
}

/* Appended to the warnings, with a semicolon between. */
__attribute__((format(printf, 2, 3))) static void warn(struct store *store, const char *format,
                                                       ...) {
    size_t length = strlen(store->warning);
    va_list values;
    if (length && length + 3 < sizeof store->warning)
        length += (size_t)snprintf(store->warning + length, sizeof store->warning - length, "; ");
    va_start(values, format);
    vsnprintf(store->warning + length, sizeof store->warning - length, format, values);
    va_end(values);
}

static bool setting_read(struct store *store, const char *name, char value[64]) {
    PGresult *answer = postgres_ask(store, POSTGRES_SETUP_MS, "SELECT current_setting($1)", 1,
                                    (const char *const[]){name});
    if (answer)
        snprintf(value, 64, "%s", PQgetvalue(answer, 0, 0));
    PQclear(answer);
    return answer != NULL;
}

static bool setting_write(struct store *store, const char *name, const char *value) {
    PGresult *answer = postgres_ask(store, POSTGRES_SETUP_MS, "SELECT set_config($1, $2, false)", 2,
                                    (const char *const[]){name, value});
    PQclear(answer);
    return answer != NULL;
}

/* The names and values that apply, as texts of arrays: {"a","b"}. */
static void settings_list(const struct store *store, char names[1024], char values[1024]) {
    size_t n = 0, v = 0;
    for (size_t i = 0; i < SETTINGS; i++) {
        if (!applies(store, &settings[i]))
            continue;
        n += (size_t)snprintf(names + n, 1024 - n, "%c\"%s\"", n ? ',' : '{', settings[i].name);
        v += (size_t)snprintf(values + v, 1024 - v, "%c\"%s\"", v ? ',' : '{', settings[i].value);
    }
    snprintf(names + n, 1024 - n, "}");
    snprintf(values + v, 1024 - v, "}");
}

static bool settings_apply(struct store *store) {
    char names[1024], values[1024];
    settings_list(store, names, values);
    const char *const both[] = {names, values};
    PGresult *set = postgres_ask(store, POSTGRES_SETUP_MS,
                                 "SELECT set_config(name, value, false) FROM "
                                 "unnest($1::text[], $2::text[]) AS wanted(name, value)",
                                 2, both);
    PQclear(set);
    PGresult *back = set ? postgres_ask(store, POSTGRES_SETUP_MS,
                                        "SELECT name, value, current_setting(name) FROM "
                                        "unnest($1::text[], $2::text[]) AS wanted(name, value)",
                                        2, both)
                         : NULL;
    bool good = back != NULL;
    for (int i = 0; good && i < PQntuples(back); i++) {
        good = strcmp(PQgetvalue(back, i, 1), PQgetvalue(back, i, 2)) == 0;
        if (!good)
            snprintf(store->why, sizeof store->why, "%s = %s reads back as %s",
                     PQgetvalue(back, i, 0), PQgetvalue(back, i, 1), PQgetvalue(back, i, 2));
    }
    PQclear(back);
    return good;
}

static bool discretion_apply(struct store *store) {
    for (size_t i = 0; i < sizeof discretions / sizeof *discretions; i++) {
        const struct setting *wanted = &discretions[i];
        char value[64] = "";
        if (!setting_read(store, wanted->name, value))
            return false;
        if (strcmp(value, wanted->value) != 0 &&
            (!setting_write(store, wanted->name, wanted->value) ||
             !setting_read(store, wanted->name, value) || strcmp(value, wanted->value) != 0))
            warn(store,
                 "the server's log may show rows: a superuser should run ALTER ROLE \"%.40s\" SET "
                 "%s = %s",
                 PQuser(store->link) ? PQuser(store->link) : "", wanted->name, wanted->value);
        if (!store->link)
            return false;
    }
    return true;
}

static bool server_fits(struct store *store) {
    const char *encoding = PQparameterStatus(store->link, "server_encoding");
    int version = PQserverVersion(store->link);
    if (version < OLDEST_SERVER)
        snprintf(store->why, sizeof store->why,
                 "the server is PostgreSQL %d; this program needs 15 or newer", version / 10000);
    else if (!encoding || strcmp(encoding, "UTF8") != 0)
        snprintf(store->why, sizeof store->why,
                 "the database is encoded as %.40s: create it with createdb -E UTF8 -T template0",
                 encoding ? encoding : "something unknown");
    else
        return true;
    return false;
}

bool postgres_setup(struct store *store) {
    store->warning[0] = '\0';
    return server_fits(store) && settings_apply(store) && discretion_apply(store);
}

/* A commit that is answered must be on disk, and on the standby where there is one. */
static bool commit_waits(struct store *store) {
    char value[64] = "";
    if (!setting_read(store, "synchronous_commit", value))
        return false;
    if (strcmp(value, "off") != 0 && strcmp(value, "local") != 0)
        return true;
    if (setting_write(store, "synchronous_commit", "on") &&
        setting_read(store, "synchronous_commit", value) && strcmp(value, "on") == 0)
        return true;
    if (store->link)
        snprintf(store->why, sizeof store->why,
                 "synchronous_commit reads back as %.40s: answered commands could be lost", value);
    return false;
}

bool postgres_durable(struct store *store, bool demo) {
    char sync[64] = "", pages[64] = "";
    if (!commit_waits(store) || !setting_read(store, "fsync", sync) ||
        !setting_read(store, "full_page_writes", pages))
        return false;
    if (strcmp(sync, "on") != 0 && !demo) {
        snprintf(store->why, sizeof store->why,
                 "the server runs with fsync = %s: it loses what it promised when its machine "
                 "fails; only a demo may use it",
                 sync);
        return false;
    }
    if (strcmp(sync, "on") != 0)
        warn(store, "the server runs with fsync = %s, which only a demo may", sync);
    if (strcmp(pages, "on") != 0)
        warn(store, "the server runs with full_page_writes = %s: a failing machine may tear pages",
             pages);
    return true;
}
