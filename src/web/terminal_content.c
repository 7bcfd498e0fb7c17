/* A document's bytes for the terminal: opened piece by piece, sent, and wiped with the answer. */
#include <string.h>

#include "web/page.h"
#include "web/terminal.h"

static bool read_one(struct request *request, enum statement_id statement, const struct key *key,
                     void *row, enum refusal *no) {
    struct want want = {.statement = statement, .in = key, .rows = row, .room = 1};
    *no = request_read(request, &want, 1) == STORE_OK ? REFUSED_ERASED : REFUSED_BUSY;
    return *no == REFUSED_ERASED && want.count == 1;
}

/* False when a piece is missing or was changed, or memory is out. */
static bool pieces_add(struct request *request, const struct document_row *document,
                       struct document_piece *piece, uint8_t clear[CONTENT_CLEAR],
                       enum refusal *no) {
    uint8_t key[32];
    bool good = secret_base64_read(document->key, key, sizeof key);
    for (int64_t i = 0; good && i < document->pieces; i++) {
        struct key at = {
            .id = document->id, .operator= document->operator, .other = i * CONTENT_SEALED + 1 };
        good = read_one(request, DOCUMENT_PIECE, &at, piece, no);
        size_t length =
            good ? content_open_piece(key, i, document->size, piece->content, clear) : 0;
        good = good && length > 0;
        buffer_add(&request->response.body, clear, length);
    }
    explicit_bzero(key, sizeof key);
    return good && request->response.body.length == (size_t)document->size;
}

void terminal_content(struct request *request, int64_t id) {
    struct document_row document = {0};
    struct key key = {.id = id, .operator= request->actor.operator};
    struct document_piece *piece = arena_take(&request->arena, sizeof *piece);
    uint8_t *clear = arena_take(&request->arena, CONTENT_CLEAR);
    enum refusal no = REFUSED_BUSY;
    if (!piece || !clear) {
        api_refuse(request, no, NULL, NULL);
        return;
    }
    bool there = read_one(request, DOCUMENT_BY_ID, &key, &document, &no);
    response_text(request, 200, content_media((enum content_type)document.type), "");
    buffer_close(&request->response.body);
    buffer_open(&request->response.body, CONTENT_MOST + 1); /* larger than any page */
    if (!there || document.erased_at || !pieces_add(request, &document, piece, clear, &no))
        api_refuse(request, no, NULL, NULL);
    explicit_bzero(&document, sizeof document);
    explicit_bzero(clear, CONTENT_CLEAR);
}
