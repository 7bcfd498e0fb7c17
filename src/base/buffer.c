#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_open(struct buffer *buffer, size_t ceiling) {
    *buffer = (struct buffer){.ceiling = ceiling};
}

static bool buffer_room(struct buffer *buffer, size_t more) {
    if (buffer->full || more > buffer->ceiling - buffer->length) {
        buffer->full = true;
        return false;
    }
    size_t need = buffer->length + more + 1;
    if (need <= buffer->size)
        return true;
    size_t size = buffer->size ? buffer->size : 256;
    while (size < need)
        size *= 2;
    char *data = realloc(buffer->data, size);
    if (!data) {
        buffer->full = true;
        return false;
    }
    buffer->data = data;
    buffer->size = size;
    return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length) {
    if (!buffer_room(buffer, length))
        return;
    if (length)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length >= 0 && buffer_room(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
}

void buffer_close(struct buffer *buffer) {
    if (buffer->data)
        explicit_bzero(buffer->data, buffer->size);
    free(buffer->data);
    *buffer = (struct buffer){0};
}
