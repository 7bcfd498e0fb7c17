#include "web/portal/closing.h"
#include "web/portal/contacts.h"
#include "web/portal/line_credit.h"
#include "web/portal/refund.h"
#include "web/portal/settle.h"
#include "web/portal/suspension.h"
#include "web/portal/transfer.h"

/* A page and its form share one route, so that its address is the same before and after a fault. */
enum { PAGE = METHOD_GET, FORM = METHOD_GET | METHOD_POST, FORM_BYTES = 8 * 1024 };
/* More than a file may be: who sends a larger one reads that on the page, not in the browser. */
enum { FILE_BYTES = 32 * 1024 * 1024 };

const struct route closing_routes[] = {
    {PAGE, "/lines/{line}", line_page, ROUTE_SESSION, 0},
    {FORM, "/lines/{line}/close", close_choice_page, ROUTE_SESSION, FORM_BYTES},
    {PAGE, "/lines/{line}/close/preview", close_preview_page, ROUTE_SESSION, 0},
    {FORM, "/lines/{line}/close/identity", close_identity_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/lines/{line}/close/check", close_check_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/lines/{line}/suspend", suspend_page, ROUTE_SESSION, FORM_BYTES},
    {PAGE, "/lines/{line}/suspension", suspension_page, ROUTE_SESSION, 0},
    {FORM, "/lines/{line}/reactivate", reactivate_page, ROUTE_SESSION, FORM_BYTES},
    {PAGE, "/lines/{line}/credit", line_credit_page, ROUTE_SESSION, 0},
    {PAGE, "/lost", lost_page, 0, 0},
    {FORM, "/lines/{line}/transfer", transfer_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/lines/{line}/transfer/check", transfer_check_page, ROUTE_SESSION, FORM_BYTES},
    {PAGE, "/refunds/{refund}", refund_page, 0, 0},
    {FORM, "/refunds/{refund}/correct", refund_correct_page, 0, FORM_BYTES},
    {PAGE, "/transfers/{transfer}", transfer_done_page, ROUTE_SESSION, 0},
    {PAGE, "/lines/{line}/contacts", contacts_page, ROUTE_SESSION, 0},
    {FORM, "/lines/{line}/contacts/add", contact_add_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/lines/{line}/contacts/code", contact_code_page, ROUTE_SESSION, FORM_BYTES},
    {FORM, "/lines/{line}/contacts/{contact}/remove", contact_remove_page, ROUTE_SESSION,
     FORM_BYTES},
    {FORM, "/c/{reference}", confirm_page, 0, FORM_BYTES},
    {FORM, "/status", status_find_page, 0, FORM_BYTES},
    {FORM, "/status/ask", status_ask_page, 0, FORM_BYTES},
    {FORM, "/status/code", status_code_page, 0, FORM_BYTES},
    {PAGE, "/closures/{closure}", status_page, 0, 0},
    {PAGE, "/closures/{closure}/after", status_after_page, 0, 0},
    {FORM, "/closures/{closure}/credit", settle_choice_page, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/credit/leave", settle_leave_page, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/credit/way", settle_way_page, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/credit/payee", settle_payee_page, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/credit/line", settle_line_page, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/credit/check", settle_check_page, 0, FORM_BYTES},
    {PAGE, "/closures/{closure}/credit/done", settle_done_page, 0, 0},
    {PAGE, "/closures/{closure}/receipt", receipt_page, ROUTE_SESSION, 0},
    {METHOD_POST, "/closures/{closure}/secret", receipt_renew, ROUTE_SESSION, FORM_BYTES},
    {METHOD_POST, "/closures/{closure}/resend", status_resend, 0, FORM_BYTES},
    {FORM, "/closures/{closure}/withdraw", withdraw_page, 0, FORM_BYTES},
    {PAGE, "/closures/{closure}/certificate", certificate_page, 0, 0},
    {FORM, "/v/{reference}", verify_page, 0, FORM_BYTES},
    {PAGE, "/.well-known/ringoff-keys.json", signing_keys_page, 0, 0},
    {PAGE, "/closures/{closure}/document", document_page, ROUTE_SESSION, 0},
    {METHOD_POST, "/closures/{closure}/document", document_post, ROUTE_SESSION | ROUTE_CONTENT,
     FILE_BYTES},
    {0, NULL, NULL, 0, 0},
};
