/* Prints what is made from the tables: tables openapi | permissions | proof. Never installed. */
#include <stdio.h>
#include <string.h>

#include "web/api/openapi.h"
#include "web/permissions.h"
#include "web/proofs.h"

enum { PAGE_SIZE = 256 * 1024 };

static int page_print(void (*page_write)(struct buffer *)) {
    struct buffer out;
    buffer_open(&out, PAGE_SIZE);
    page_write(&out);
    int result = out.full ? 1 : fputs(out.data, stdout) < 0;
    buffer_close(&out);
    return result;
}

static int openapi_print(void) {
    json_t *document = openapi_make();
    int result = !document || json_dumpf(document, stdout, JSON_INDENT(2)) != 0;
    json_decref(document);
    return result;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "openapi") == 0)
        return openapi_print();
    if (argc == 2 && strcmp(argv[1], "permissions") == 0)
        return page_print(permissions_write);
    if (argc == 2 && strcmp(argv[1], "proof") == 0)
        return page_print(proofs_write);
    fprintf(stderr, "tables openapi | permissions | proof\n");
    return 2;
}
