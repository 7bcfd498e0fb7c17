/* For tests of the dispatcher: its settings on a case_kit's demo, by the kit's standing clock.
 * Messages go to the demo's inbox; no thread is started. */
#ifndef RINGOFF_DISPATCH_KIT_H
#define RINGOFF_DISPATCH_KIT_H
#include "case_kit.h"
#include "effects/dispatcher.h"

/* The settings; they point into the kit and to the pages. */
struct dispatcher_settings dispatch_settings(const struct case_kit *kit, const struct pages *pages);
#endif
