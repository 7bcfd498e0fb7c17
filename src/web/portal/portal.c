#include "web/portal/portal.h"

/* A page and its form share one route, so that its address is the same before and after a fault. */
enum { PAGE = METHOD_GET, FORM = METHOD_GET | METHOD_POST, FORM_BYTES = 8 * 1024 };

const struct route portal_routes[] = {
    {PAGE, "/", start_page, ROUTE_ANY, 0},
    {PAGE, "/begin", begin_page, 0, 0},
    {PAGE, "/help", help_page, 0, 0},
    {PAGE, "/privacy", privacy_page, 0, 0},
    {PAGE, "/inbox", inbox_page, ROUTE_DEMO, 0},
    {FORM, "/claim", claim_page, 0, FORM_BYTES},
    {FORM, "/register", register_page, 0, FORM_BYTES},
    {FORM, "/register/code", register_code_page, 0, FORM_BYTES},
    {FORM, "/register/contact", register_contact_page, 0, FORM_BYTES},
    {FORM, "/register/verify", register_verify_page, 0, FORM_BYTES},
    {METHOD_POST, "/register/resend", register_resend, 0, FORM_BYTES},
    {PAGE, "/register/done", register_done_page, 0, 0},
    {FORM, "/forgotten", forgotten_page, 0, FORM_BYTES},
    {FORM, "/forgotten/code", forgotten_code_page, 0, FORM_BYTES},
    {FORM, "/forgotten/password", forgotten_password_page, 0, FORM_BYTES},
    {FORM, "/sign-in", sign_in_page, 0, FORM_BYTES},
    {METHOD_POST, "/sign-out", sign_out, 0, FORM_BYTES},
    {METHOD_POST, "/sign-out-everywhere", sign_out_everywhere, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/step-up", step_up_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/account/password", password_page, ROUTE_SESSION, FORM_BYTES},
    {PAGE, "/account", account_page, ROUTE_SESSION, 0},
    {METHOD_POST, "/account/sessions/end", account_session_end, ROUTE_SESSION, FORM_BYTES},
    {0, NULL, NULL, 0, 0},
};
