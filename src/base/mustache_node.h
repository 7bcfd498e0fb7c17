/* What a compiled template is made of; shared by mustache_compile.c and mustache.c only.
 * Nodes stand in one array in the order of the source; a section's node says where it ends.
 * Texts and names live in the template's arena. */
#ifndef RINGOFF_MUSTACHE_NODE_H
#define RINGOFF_MUSTACHE_NODE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum node_kind { NODE_TEXT, NODE_VARIABLE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL };

struct node {
    enum node_kind kind;
    bool line_start;  /* a line of the source begins here: a partial's indentation goes before it */
    bool raw;         /* variable: not escaped */
    const char *text; /* text: its bytes; partial: its own indentation, NULL when not alone */
    size_t length;
    const char *name; /* as written, trimmed */
    const char *path; /* parts of a dotted name, each NUL-terminated; no parts: "." */
    size_t parts;
    size_t end; /* section: the index after its last node */
};

struct template {
    struct arena arena;
    struct node *nodes;
    size_t count, size;
};
#endif
