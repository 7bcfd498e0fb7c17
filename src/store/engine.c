#include "store/engine.h"

#include <string.h>

const struct engine *engine_of(const char *where) {
    size_t name = strcspn(where, "=/");
    bool postgres = strncmp(where, "postgresql://", 13) == 0 ||
                    strncmp(where, "postgres://", 11) == 0 || where[name] == '=';
    return postgres ? &postgres_engine : &sqlite_engine;
}

bool installation_read(const struct engine *engine, struct store *store,
                       struct installation *installation) {
    struct key key = {.id = 1};
    struct want want = {
        .statement = INSTALLATION_BY_ID, .in = &key, .rows = installation, .room = 1};
    return engine->read(store, &want, 1) == STORE_OK && want.count == 1;
}

bool store_is_demo(const struct engine *engine, struct store *store) {
    struct installation installation = {0};
    return installation_read(engine, store, &installation) && installation.demo;
}
