/* For tests of the dispatcher: its settings on a case_kit's demo, by the kit's standing clock.
 * Messages go to the demo's inbox; no thread is started. */
#ifndef RINGOFF_DISPATCH_KIT_H
#define RINGOFF_DISPATCH_KIT_H
#include "case_kit.h"
#include "effects/dispatcher.h"

/* The pages of all tests of a program: open and close are its group's set-up and tear-down. */
extern struct pages *dispatch_pages;
int dispatch_pages_open(void **state);
int dispatch_pages_close(void **state);
/* The settings; they point into the kit and to the pages. */
struct dispatcher_settings dispatch_settings(const struct case_kit *kit);
#endif
