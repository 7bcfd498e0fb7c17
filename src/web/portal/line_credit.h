/* The page of a line's credit: what is there, what becomes of it when the line is closed, what
 * moved it. */
#ifndef RINGOFF_PORTAL_LINE_CREDIT_H
#define RINGOFF_PORTAL_LINE_CREDIT_H
#include "web/request.h"

/* GET, with a session; after: the movement that ended the page before. */
void line_credit_page(struct request *request);
#endif
