/* What the staff write of what they did: free text that is kept in clear, so that an address, or a
 * number of people's, has no place in it. */
#ifndef RINGOFF_EVIDENCE_H
#define RINGOFF_EVIDENCE_H
#include <stdbool.h>

/* True when an at sign or six digits in a row stand in it. */
bool evidence_personal(const char *text);
#endif
