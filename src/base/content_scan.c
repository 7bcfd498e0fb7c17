/* Is a file what its first bytes say, and did its end arrive? Read off the structure that each kind
 * has: the markers of a JPEG (ITU-T T.81, annex B), the chunks of a PNG (its specification, 5.3),
 * the end mark of a PDF (ISO 32000-1, 7.5.5). What a camera puts behind the end is let be. */
#include <string.h>

#include "base/content.h"

enum {
    PDF_END = 1024, /* the end mark is looked for in so many last bytes, as readers do */
    PNG_CHUNK_MOST = 0x7fffffff,
};

/* Of a JPEG: what is read next. */
enum { J_MARK, J_KIND, J_LONG, J_LONG2, J_BODY, J_SCAN, J_SCAN_MARK };
/* Of a PNG. */
enum { P_LENGTH, P_NAME = 4, P_BODY = 8 };

enum { M_LEAST = 0xC0, M_RST0 = 0xD0, M_RST7 = 0xD7, M_SOI = 0xD8, M_EOI = 0xD9, M_SOS = 0xDA };

static bool jpeg_alone(uint8_t kind) {
    return kind == 0x01 || (kind >= M_RST0 && kind <= M_RST7);
}

/* The byte behind FF, between segments. */
static void jpeg_kind(struct content_scan *scan, uint8_t byte) {
    if (byte == 0xFF)
        return; /* filling */
    scan->value = byte;
    if (byte == M_EOI)
        scan->whole = true;
    else if (jpeg_alone(byte))
        scan->state = J_MARK;
    else if (byte < M_LEAST || byte == M_SOI)
        scan->broken = true;
    else
        scan->state = J_LONG;
}

static void jpeg_length(struct content_scan *scan, uint8_t byte) {
    if (scan->state == J_LONG) {
        scan->left = (uint32_t)byte << 8;
        scan->state = J_LONG2;
        return;
    }
    scan->left |= byte;
    scan->broken = scan->left < 2; /* it counts itself */
    scan->left -= 2;
    scan->state = scan->left ? J_BODY : scan->value == M_SOS ? J_SCAN : J_MARK;
}

static void jpeg_byte(struct content_scan *scan, uint8_t byte) {
    switch (scan->state) {
    case J_MARK:
        scan->broken = byte != 0xFF;
        scan->state = J_KIND;
        break;
    case J_KIND:
        jpeg_kind(scan, byte);
        break;
    case J_LONG:
    case J_LONG2:
        jpeg_length(scan, byte);
        break;
    case J_BODY:
        if (--scan->left == 0)
            scan->state = scan->value == M_SOS ? J_SCAN : J_MARK;
        break;
    case J_SCAN:
        if (byte == 0xFF)
            scan->state = J_SCAN_MARK;
        break;
    default: /* behind FF in the picture itself: a stuffed zero, a restart, or the next segment */
        if (byte == 0 || jpeg_alone(byte))
            scan->state = J_SCAN;
        else
            jpeg_kind(scan, byte);
    }
}

static void png_byte(struct content_scan *scan, uint8_t byte) {
    static const char end[] = "IEND";
    if (scan->state < P_NAME) {
        scan->left = scan->left << 8 | byte;
        scan->state++;
        scan->value = 0;
    } else if (scan->state < P_BODY) {
        scan->value += byte == (uint8_t)end[scan->state - P_NAME];
        scan->broken = !((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')) ||
                       scan->left > PNG_CHUNK_MOST;
        if (++scan->state == P_BODY)
            scan->left += 4; /* its check sum */
    } else if (--scan->left == 0) {
        scan->whole = scan->value == sizeof end - 1;
        scan->state = P_LENGTH;
    }
}

static void pdf_byte(struct content_scan *scan, uint8_t byte) {
    memmove(scan->tail, scan->tail + 1, sizeof scan->tail - 1);
    scan->tail[sizeof scan->tail - 1] = (char)byte;
    scan->since++;
    if (memcmp(scan->tail, "%%EOF", sizeof scan->tail) == 0) {
        scan->whole = true;
        scan->since = 0;
    }
    if (scan->since > PDF_END)
        scan->whole = false;
}

static const struct {
    uint8_t bytes[8];
    size_t length;
    enum content_type type;
} heads[] = {
    {{0xFF, 0xD8}, 2, CONTENT_JPEG},
    {{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}, 8, CONTENT_PNG},
    {{'%', 'P', 'D', 'F', '-'}, 5, CONTENT_PDF},
};

/* One of the first bytes. */
static void head_byte(struct content_scan *scan, uint8_t byte) {
    bool may = false;
    scan->head[scan->seen] = byte;
    size_t length = (size_t)scan->seen + 1;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t same = length < heads[i].length ? length : heads[i].length;
        if (memcmp(scan->head, heads[i].bytes, same) != 0)
            continue;
        may = true;
        if (length == heads[i].length)
            scan->type = heads[i].type;
    }
    scan->broken = !may;
}

void content_scan(struct content_scan *scan, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length && !scan->broken; i++, scan->seen++) {
        if (!scan->type)
            head_byte(scan, bytes[i]);
        else if (scan->type == CONTENT_PDF)
            pdf_byte(scan, bytes[i]);
        else if (scan->whole)
            continue; /* what a camera adds */
        else if (scan->type == CONTENT_JPEG)
            jpeg_byte(scan, bytes[i]);
        else
            png_byte(scan, bytes[i]);
    }
}
