/* A file that is sent: sealed as it arrives (base/content.h), at the API as the body itself, from a
 * page as a field of a form beside its hidden fields. Its sender is known before the first byte is
 * taken, only some come at a time, and each must keep coming. What is wrong with a file is for the
 * handler to say, so the rest of it is read and let go. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "web/exchange.h"

enum {
    FIELDS = 8,
    FIELD_NAME = 32,
    FIELD_ROOM = 512,
    PART_BUFFER = 8 * 1024,
};

static const char file_field[] = "file";

struct upload {
    struct content content;
    struct MHD_PostProcessor *parts; /* of a form; NULL at the API */
    struct {
        char name[FIELD_NAME], value[FIELD_ROOM];
        size_t length;
    } fields[FIELDS];
    size_t count;
    size_t arrived, paid; /* bytes of the body; those that the deadline has been moved for */
    bool file, malformed, ended;
};

const char *content_fault_text(enum content_fault fault) {
    switch (fault) {
    case CONTENT_EMPTY:
        return N_("Choose the photo or the PDF first");
    case CONTENT_OTHER:
        return N_("This file is neither a JPEG nor a PNG photo nor a PDF. Take a new photo, or "
                  "choose another file.");
    case CONTENT_CUT:
        return N_("The file is damaged or not complete. Take a new photo, or choose it again.");
    case CONTENT_LARGE:
        return N_("The file is larger than 10 MB. Take the photo again with a lower resolution, or "
                  "choose another file.");
    case CONTENT_FINE:
    case CONTENT_MEMORY:
        break;
    }
    return NULL;
}

static bool place_take(struct server *server) {
    pthread_mutex_lock(&server->lock);
    bool room = server->uploads < server->site.settings.uploads;
    server->uploads += room;
    pthread_mutex_unlock(&server->lock);
    return room;
}

static void place_give(struct server *server) {
    pthread_mutex_lock(&server->lock);
    server->uploads--;
    pthread_mutex_unlock(&server->lock);
}

/* A field that comes in several runs goes on where it was; false when it is another one's. */
static bool field_add(struct upload *upload, const char *name, const char *data, uint64_t offset,
                      size_t length) {
    size_t i = upload->count;
    if (offset > 0 && i > 0 && strcmp(upload->fields[i - 1].name, name) == 0) {
        i--;
    } else if (offset > 0 || i == FIELDS || strlen(name) >= FIELD_NAME) {
        return false;
    } else {
        memcpy(upload->fields[i].name, name, strlen(name) + 1);
        upload->count++;
    }
    if (length >= FIELD_ROOM - upload->fields[i].length) {
        return false;
    }
    memcpy(upload->fields[i].value + upload->fields[i].length, data, length);
    upload->fields[i].length += length;
    return true;
}

/* One run of one part. What the sender calls the file, and says that it is, is not looked at. */
static enum MHD_Result part(void *context, enum MHD_ValueKind kind, const char *name,
                            const char *filename, const char *type, const char *coding,
                            const char *data, uint64_t offset, size_t length) {
    struct upload *upload = context;
    (void)kind;
    (void)filename;
    (void)type;
    (void)coding;
    if (!name || strcmp(name, file_field) != 0) {
        upload->malformed |= !name || !field_add(upload, name, data, offset, length);
    } else if (offset == 0 && upload->file) {
        upload->malformed = true; /* two files */
    } else {
        upload->file = true;
        content_add(&upload->content, data, length);
    }
    return MHD_YES;
}

enum refusal upload_begin(struct exchange *exchange) {
    struct request *request = &exchange->request;
    enum refusal refusal = exchange_who(exchange);
    uint8_t key[32];
    if (refusal) {
        return refusal;
    }
    if (!place_take(exchange->server)) {
        return REFUSED_BUSY;
    }
    struct upload *upload = calloc(1, sizeof *upload);
    if (!upload) {
        place_give(exchange->server);
        return REFUSED_BUSY;
    }
    secret_random(key, sizeof key);
    content_open(&upload->content, key, request->site->secrets->idempotency);
    explicit_bzero(key, sizeof key);
    exchange->upload = upload;
    if (!(request->route->flags & ROUTE_API)) {
        static const char form[] = "multipart/form-data";
        const char *type = request_header(request, "Content-Type");
        if (type && strncasecmp(type, form, sizeof form - 1) == 0) {
            upload->parts =
                MHD_create_post_processor(exchange->connection, PART_BUFFER, part, upload);
        }
        upload->malformed = !upload->parts;
    }
    return ACCEPTED;
}

bool upload_take(struct exchange *exchange, const char *data, size_t length) {
    struct upload *upload = exchange->upload;
    const struct server_settings *settings = &exchange->server->site.settings;
    upload->arrived += length;
    if (upload->arrived - upload->paid >= settings->upload_step) {
        upload->paid = upload->arrived;
        link_deadline(exchange->link, settings->body_within);
    }
    if (upload->arrived > exchange->body.ceiling) {
        return false;
    }
    if (upload->parts) {
        upload->malformed |= MHD_post_process(upload->parts, data, length) != MHD_YES;
    } else if (!upload->malformed) {
        content_add(&upload->content, data, length);
    }
    return true;
}

static bool form_make(struct upload *upload, struct request *request) {
    struct param *all = arena_take(&request->arena, FIELDS * sizeof *all);
    if (!all) {
        return false;
    }
    for (size_t i = 0; i < upload->count; i++) {
        const char *value = upload->fields[i].value;
        size_t length = upload->fields[i].length;
        const char *name = upload->fields[i].name;
        if (!text_valid(name, strlen(name)) || memchr(value, 0, length) ||
            !text_valid(value, length)) {
            return false;
        }
        all[i].name = arena_copy(&request->arena, name);
        all[i].value = arena_text(&request->arena, value, length);
        if (!all[i].name || !all[i].value || params_value(&(struct params){all, i}, all[i].name)) {
            return false; /* one that stands twice is read differently by others */
        }
    }
    request->form = (struct params){all, upload->count};
    return true;
}

enum refusal upload_end(struct exchange *exchange) {
    struct upload *upload = exchange->upload;
    struct request *request = &exchange->request;
    if (!upload) {
        return REFUSED_INPUT;
    }
    if (!upload->ended) {
        upload->ended = true;
        /* The end of the last part must have come. */
        upload->malformed |= upload->parts && MHD_destroy_post_processor(upload->parts) != MHD_YES;
        upload->parts = NULL;
        content_end(&upload->content);
    }
    request->content = &upload->content;
    return !upload->malformed && form_make(upload, request) ? ACCEPTED : REFUSED_INPUT;
}

void upload_close(struct exchange *exchange) {
    struct upload *upload = exchange->upload;
    if (!upload) {
        return;
    }
    exchange->upload = NULL;
    if (upload->parts) {
        MHD_destroy_post_processor(upload->parts);
    }
    content_close(&upload->content);
    explicit_bzero(upload, sizeof *upload);
    free(upload);
    place_give(exchange->server);
}
