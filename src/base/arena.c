#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, BLOCK = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used, clean; /* the first `clean` bytes are zero, but for those used */
    _Alignas(16) unsigned char data[];
};

void arena_open(struct arena *arena, size_t ceiling) {
    *arena = (struct arena){.ceiling = ceiling};
}

static struct arena_block *block_add(struct arena *arena, size_t size) {
    size_t room = size > BLOCK ? size : BLOCK;
    struct arena_block *block = malloc(sizeof *block + room);
    if (!block)
        return NULL;
    block->used = block->clean = 0;
    block->size = room;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_take(struct arena *arena, size_t size) {
    if (size > arena->ceiling) {
        arena->failed = true;
        return NULL;
    }
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct arena_block *block = arena->blocks;
    bool fits = arena->used + size <= arena->ceiling;
    if (fits && (!block || block->size - block->used < size))
        block = block_add(arena, size);
    if (!fits || !block) {
        arena->failed = true;
        return NULL;
    }
    void *piece = block->data + block->used;
    block->used += size;
    if (block->used > block->clean) { /* zeroed as it is taken: most blocks are not used up */
        memset(block->data + block->clean, 0, block->used - block->clean);
        block->clean = block->used;
    }
    arena->used += size;
    return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t length) {
    if (length >= arena->ceiling) {
        arena->failed = true;
        return NULL;
    }
    char *copy = arena_take(arena, length + 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_copy(struct arena *arena, const char *text) {
    return arena_text(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : arena_take(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void arena_empty(struct arena *arena) {
    struct arena_block *keep = arena->blocks;
    if (keep) {
        for (struct arena_block *next, *at = keep->next; at; at = next) {
            next = at->next;
            explicit_bzero(at->data, at->used);
            free(at);
        }
        explicit_bzero(keep->data, keep->used);
        keep->used = 0;
        keep->next = NULL;
    }
    arena->used = 0;
    arena->failed = false;
}

void arena_close(struct arena *arena) {
    arena_empty(arena);
    free(arena->blocks);
    arena->blocks = NULL;
}
