/* The generated data that pages.c starts from; nothing else includes this.
 * script/embed.py writes it at build from templates/ and assets/.
 * Both sets are sorted by path, as strcmp sorts. */
#ifndef RINGOFF_PAGES_EMBEDDED_H
#define RINGOFF_PAGES_EMBEDDED_H
#include "base/pages.h"

extern const struct embedded_set embedded_templates, embedded_assets;
#endif
