/* Prints what is made from the tables: tables openapi | tables permissions. Never installed. */
#include <stdio.h>
#include <string.h>

#include "web/api/openapi.h"
#include "web/permissions.h"

enum { PAGE_SIZE = 256 * 1024 };

static int permissions_print(void) {
    struct buffer out;
    buffer_open(&out, PAGE_SIZE);
    permissions_write(&out);
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
        return permissions_print();
    fprintf(stderr, "tables openapi | permissions\n");
    return 2;
}
