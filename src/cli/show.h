/* JSON for a person at a terminal: lines "name: value", lists as columns.
 * The order and the headings are those of the view's field table; what a terminal could take for a
 * command (control characters) is shown as a question mark. */
#ifndef RINGOFF_CLI_SHOW_H
#define RINGOFF_CLI_SHOW_H
#include <jansson.h>
#include <stdio.h>

#include "views/view.h"

/* One object, by the view's fields (NULL: in the order of the JSON), each line behind indent
 * blanks. */
void show_object(FILE *file, const struct view_field *fields, const json_t *object, int indent);
/* A page {"items": [...], "next"?}: one line an item under a line of headings. */
void show_page(FILE *file, const struct view_field *fields, const json_t *page);
/* How many columns a text takes on a terminal: Chinese characters take two. */
size_t show_width(const char *text);
#endif
