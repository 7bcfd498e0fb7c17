/* What the store kit and the tests of the catalogue need of a database besides its engine: a place
 * to make it in, plain SQL, and what it says of a statement. One implementation an engine; the
 * program's thread and its committers' may call it at the same time. */
#ifndef RINGOFF_KIT_PLACE_H
#define RINGOFF_KIT_PLACE_H
#include "store_kit.h"

enum { COLUMNS_MAX = 64, NAME_MAX_BYTES = 64 };

struct described {
    int parameters, columns;
    struct {
        char name[NAME_MAX_BYTES], table[NAME_MAX_BYTES]; /* where it is from */
        const char *type;                                 /* INTEGER, TEXT, BLOB, or what else */
    } column[COLUMNS_MAX];
};

struct place {
    const struct engine *engine;
    /* Fills kit->where; the kit has its folder. ready: with the schema, a demo of the kit's keys.
     */
    void (*make)(struct kit *kit, bool ready);
    void (*remove)(struct kit *kit);
    /* Waits until nobody but this is connected: who was killed or closed may still be at work. */
    void (*settle)(struct kit *kit);
    void (*sql)(struct kit *kit, const char *sql);
    bool (*refused)(struct kit *kit, const char *sql);
    int64_t (*number)(struct kit *kit, const char *sql);
    size_t (*numbers)(struct kit *kit, const char *sql, int columns, int64_t *to, size_t room);
    /* What the database says of a statement of the catalogue; fails the program if nothing. */
    void (*describe)(struct kit *kit, const struct statement *about, struct described *described);
    /* The type of a table's column, as in described; NULL when there is none. */
    const char *(*type)(struct kit *kit, const char *table, const char *column);
};

extern const struct place sqlite_place, postgres_place;

const struct place *kit_place_of(const struct kit *kit);
#endif
