/* A growing run of bytes with a ceiling set at birth.
 * Past the ceiling (or when memory is out) nothing more is added and full stays true,
 * so a caller may add many pieces and look once at the end. */
#ifndef RINGOFF_BUFFER_H
#define RINGOFF_BUFFER_H
#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; /* NUL-terminated when not NULL; owned by the buffer */
    size_t length, size, ceiling;
    bool full;
};

/* Opens an empty buffer that will never hold more than ceiling bytes. Takes no memory yet. */
void buffer_open(struct buffer *buffer, size_t ceiling);
/* Adds the bytes; adds nothing, and sets full, when they do not fit. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
/* Adds NUL-terminated text. */
void buffer_text(struct buffer *buffer, const char *text);
/* printf onto the end. */
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Wipes and frees. The buffer may be opened again. */
void buffer_close(struct buffer *buffer);
#endif
