#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "store/drawer.h"
#include "store/postgres.h"

/* Types of the server's catalogue, which never change their numbers. */
enum {
    BYTEA_TYPE = 17,
    INT8_TYPE = 20,
    TEXT_TYPE = 25,
    BYTEA_ARRAY = 1001,
    TEXT_ARRAY = 1009,
    INT8_ARRAY = 1016,
    ARRAY_HEADER = 20,
    LENGTH = 4,
};

static uint8_t *write_int32(uint8_t *to, int64_t value) {
    uint32_t big = htobe32((uint32_t)value);
    memcpy(to, &big, sizeof big);
    return to + sizeof big;
}

static uint8_t *write_int64(uint8_t *to, int64_t value) {
    uint64_t big = htobe64((uint64_t)value);
    memcpy(to, &big, sizeof big);
    return to + sizeof big;
}

static Oid type_of(const struct field *field, bool array) {
    switch (field->kind) {
    case FIELD_TEXT:
        return array ? TEXT_ARRAY : TEXT_TYPE;
    case FIELD_BLOB:
    case FIELD_SEALED:
    case FIELD_LOOKUP:
    case FIELD_BYTES:
        return array ? BYTEA_ARRAY : BYTEA_TYPE;
    default:
        return array ? INT8_ARRAY : INT8_TYPE;
    }
}

static Oid element_of(Oid type) {
    return type == TEXT_ARRAY ? TEXT_TYPE : type == BYTEA_ARRAY ? BYTEA_TYPE : INT8_TYPE;
}

static struct bytes bytes_of(const char *at) {
    struct bytes bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

static size_t value_size(const struct field *field, const void *row) {
    const char *at = (const char *)row + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
        return strnlen(at, field->size);
    case FIELD_BLOB:
        return field->size;
    case FIELD_SEALED:
        return (strnlen(at, field->size) / SEALED_STEP + 1) * SEALED_STEP + SEAL_EXTRA_BYTES;
    case FIELD_LOOKUP:
        return HASH_BYTES;
    case FIELD_BYTES:
        return bytes_of(at).length;
    default:
        return sizeof(int64_t);
    }
}

static uint8_t *value_write(struct store *store, const struct statement *about,
                            const struct field *field, const void *row, uint8_t *to) {
    const char *at = (const char *)row + field->offset;
    size_t size = value_size(field, row);
    uint8_t sealed[SEALED_ROOM];
    int64_t number;
    assert((field->kind != FIELD_TEXT && field->kind != FIELD_SEALED) || size < SEALED_ROOM);
    switch (field->kind) {
    case FIELD_TEXT:
        assert(size < field->size);
        memcpy(to, at, size);
        break;
    case FIELD_BLOB:
        memcpy(to, at, size);
        break;
    case FIELD_SEALED:
        if (drawer_seal(&store->secrets, field, row, sealed) != size)
            assert(!"the drawer seals to another size");
        memcpy(to, sealed, size);
        break;
    case FIELD_LOOKUP:
        drawer_lookup(&store->secrets, about, field, row, to);
        break;
    case FIELD_BYTES:
        if (size)
            memcpy(to, bytes_of(at).at, size);
        break;
    default:
        memcpy(&number, at, sizeof number);
        write_int64(to, number);
    }
    return to + size;
}

static uint8_t *array_header(uint8_t *to, Oid element, size_t count) {
    to = write_int32(to, 1); /* dimensions */
    to = write_int32(to, 0); /* no NULL in it */
    to = write_int32(to, element);
    to = write_int32(to, (int64_t)count);
    return write_int32(to, 1); /* the first index */
}

static bool parameter(struct store *store, const struct statement *about, const struct field *field,
                      const void *const *rows, size_t count, bool array, struct parameters *given) {
    int i = given->count++;
    size_t size = array ? ARRAY_HEADER : 0;
    assert(i < POSTGRES_COLUMNS && count > 0 && (array || count == 1));
    for (size_t k = 0; k < count; k++)
        size += value_size(field, rows[k]) + (array ? LENGTH : 0);
    uint8_t *to = arena_take(&store->arena, size ? size : 1);
    if (!to || size > POSTGRES_MEMORY)
        return false;
    given->types[i] = type_of(field, array);
    given->formats[i] = 1;
    given->values[i] = (const char *)to;
    given->lengths[i] = (int)size;
    if (array)
        to = array_header(to, element_of(given->types[i]), count);
    for (size_t k = 0; k < count; k++) {
        if (array)
            to = write_int32(to, (int64_t)value_size(field, rows[k]));
        to = value_write(store, about, field, rows[k], to);
    }
    return true;
}

bool postgres_parameters(struct store *store, const struct statement *about,
                         const void *const *rows, size_t count, bool array,
                         struct parameters *given) {
    given->count = 0;
    for (const struct field *field = about->in; field->name; field++)
        if (!parameter(store, about, field, rows, count, array, given))
            return false;
    return true;
}

bool postgres_numbers(struct store *store, const int64_t *numbers, size_t count,
                      struct parameters *given) {
    size_t size = ARRAY_HEADER + count * (LENGTH + sizeof *numbers);
    uint8_t *to = arena_take(&store->arena, size);
    if (!to)
        return false;
    int i = given->count++;
    assert(i < POSTGRES_COLUMNS);
    given->types[i] = INT8_ARRAY;
    given->formats[i] = 1;
    given->values[i] = (const char *)to;
    given->lengths[i] = (int)size;
    to = array_header(to, INT8_TYPE, count);
    for (size_t k = 0; k < count; k++)
        to = write_int64(write_int32(to, sizeof *numbers), numbers[k]);
    return true;
}

bool postgres_number(const PGresult *answer, int at, int column, int64_t *number) {
    uint64_t big;
    if (PQgetlength(answer, at, column) != (int)sizeof big)
        return false;
    memcpy(&big, PQgetvalue(answer, at, column), sizeof big);
    *number = (int64_t)be64toh(big);
    return true;
}

/* False when the column does not fit its member. */
static bool column_read(struct store *store, const struct field *field, const char *value,
                        int length, void *row) {
    char *to = (char *)row + field->offset;
    uint64_t big;
    switch (field->kind) {
    case FIELD_TEXT:
        if (length >= field->size)
            return false;
        memcpy(to, value, (size_t)length);
        return true;
    case FIELD_BLOB:
        if (length != field->size)
            return false;
        memcpy(to, value, (size_t)length);
        return true;
    case FIELD_SEALED:
        return drawer_open(&store->secrets, field, row, (const uint8_t *)value, (size_t)length);
    default:
        if (length != (int)sizeof big)
            return false;
        memcpy(&big, value, sizeof big);
        big = be64toh(big);
        memcpy(to, &big, sizeof big);
        return true;
    }
}

bool postgres_row(struct store *store, const struct statement *about, const PGresult *answer,
                  int at, int column, void *row) {
    memset(row, 0, about->out_size);
    for (int i = 0; about->out[i].name; i++) {
        const struct field *field = &about->out[i];
        if (column + i < PQnfields(answer) && !PQgetisnull(answer, at, column + i) &&
            column_read(store, field, PQgetvalue(answer, at, column + i),
                        PQgetlength(answer, at, column + i), row))
            continue;
        explicit_bzero(row, about->out_size);
        snprintf(store->why, sizeof store->why, "%s: column %s cannot be read", about->name,
                 field->name);
        return false;
    }
    return true;
}
