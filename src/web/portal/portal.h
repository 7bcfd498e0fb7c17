/* The portal's public pages and the way in: start, questions, privacy, registering, signing in,
 * the account, the demo's inbox. A page is a Mustache template of templates/portal over the JSON
 * made here; pages and forms are written by hand, what they do is one verb each.
 * The pages of lines and closures are in closing.h. */
#ifndef RINGOFF_PORTAL_H
#define RINGOFF_PORTAL_H
#include "web/request.h"

/* Ends with a route whose pattern is NULL. Give it to the site's routes. */
extern const struct route portal_routes[];

/* public.c */
void start_page(struct request *request);
void begin_page(struct request *request);
void help_page(struct request *request);
void privacy_page(struct request *request);
void inbox_page(struct request *request);
/* register.c: number and SIM, code, e-mail and password, code, done. */
void register_page(struct request *request);
void register_code_page(struct request *request);
void register_contact_page(struct request *request);
void register_verify_page(struct request *request);
void register_resend(struct request *request);
void register_done_page(struct request *request);
/* claim.c: without the SIM, number and ID number; it goes on as registering does. */
void claim_page(struct request *request);
/* forgotten.c: the address, the code and the ID number, the new password. */
void forgotten_page(struct request *request);
void forgotten_code_page(struct request *request);
void forgotten_password_page(struct request *request);
/* account_password.c */
void password_page(struct request *request);
/* account.c */
void sign_in_page(struct request *request);
void sign_out(struct request *request);
void sign_out_everywhere(struct request *request);
void step_up_page(struct request *request);
void account_page(struct request *request);
void account_session_end(struct request *request);
#endif
