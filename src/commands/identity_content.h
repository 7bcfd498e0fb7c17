/* The verb that shows a document to the member of staff who decides on it. */
#ifndef RINGOFF_IDENTITY_CONTENT_H
#define RINGOFF_IDENTITY_CONTENT_H
#include "store/verb.h"

struct identity_content {
    int64_t closure, line;
};

/* {closure} -> result: the document (a row's id) that waits to be decided on. Staff with the role.
 * It changes nothing, but that it was looked at, and by whom, stands in the journal. Once it is
 * decided on, nobody sees it any more: REFUSED_DOCUMENT_MISSING. The door answers with its bytes.
 */
extern const struct verb identity_content_verb;
#endif
