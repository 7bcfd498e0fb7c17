/* The pages of suspending a line: what it means and the button, where it stands, reactivating it,
 * and the way in for who lost the telephone. */
#ifndef RINGOFF_PORTAL_SUSPENSION_H
#define RINGOFF_PORTAL_SUSPENSION_H
#include "web/request.h"

/* suspension.c */
void suspend_page(struct request *request);
void suspension_page(struct request *request);
void lost_page(struct request *request);
/* reactivate.c */
void reactivate_page(struct request *request);
#endif
