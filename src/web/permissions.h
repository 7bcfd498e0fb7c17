/* Who may do what, at which door, and what can be refused: doc/permissions.md, written from the
 * tables of verbs, views, endpoints, scopes and refusals. A test compares the file with it. */
#ifndef RINGOFF_WEB_PERMISSIONS_H
#define RINGOFF_WEB_PERMISSIONS_H
#include "base/buffer.h"

/* Adds the whole page (Markdown). */
void permissions_write(struct buffer *out);
#endif
