/* An arena: memory that is taken piece by piece and given back all at once.
 * One belongs to a request, one to a command, one to a batch; nothing in it is freed alone.
 * Every arena is born with a ceiling; past it arena_take answers NULL and arena_failed says so. */
#ifndef RINGOFF_ARENA_H
#define RINGOFF_ARENA_H
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks;
    size_t used, ceiling;
    bool failed;
};

/* Opens an empty arena that will never hold more than ceiling bytes. Takes no memory yet. */
void arena_open(struct arena *arena, size_t ceiling);
/* Zeroed memory of the size, aligned for any type, owned by the arena; NULL past the ceiling. */
void *arena_take(struct arena *arena, size_t size);
/* A NUL-terminated copy of length bytes of text; NULL past the ceiling. */
char *arena_text(struct arena *arena, const char *text, size_t length);
/* A NUL-terminated copy of text; NULL past the ceiling. */
char *arena_copy(struct arena *arena, const char *text);
/* printf into the arena; NULL past the ceiling. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Gives everything back but one block, which is kept (and wiped) for the next use. */
void arena_empty(struct arena *arena);
/* Gives everything back. The arena may be opened again. */
void arena_close(struct arena *arena);
#endif
