/* What people read in place of a code. A row may name the field it is for; "" is any field. */
#include <string.h>

#include "rules/credit_codes.h"
#include "rules/document.h"
#include "rules/refund.h"
#include "web/present.h"

static const struct {
    const char *field, *code, *word;
} table[] = {
    /* lines; a closure's state is told by the same field name, hence the longer words */
    {"state", "active", N_("In use")},
    {"state", "suspended", N_("Suspended")},
    {"state", "asked", N_("Being suspended")},
    {"state", "over", N_("Suspended, the last day is over")},
    {"state", "returning", N_("Being reactivated")},
    {"state", "none", N_("Not suspended")},
    {"state", "draft", N_("Not submitted")},
    {"state", "submitted", N_("Submitted")},
    {"state", "executing", N_("Being carried out")},
    {"state", "closed", N_("Closed")},
    {"state", "withdrawn", N_("Withdrawn")},
    {"state", "rejected", N_("Rejected")},
    {"state", "expired", N_("Expired")},
    {"state", "pending", N_("Pending")},
    {"state", "requested", N_("Asked for: it is looked at before it is paid")},
    {"state", "approved", N_("Approved: it is on its way")},
    {"state", "filed", N_("On its way: in the bank's file")},
    {"state", "accepted", N_("On its way: the bank has it")},
    {"state", "returned", N_("It came back: say where it is to be paid")},
    {"state", "paid", N_("Paid")},
    {"waits_for", "nobody", N_("Nobody: there is nothing left to wait for")},
    {"waits_for", "person_confirmation", N_("You: confirm it with the link or the code")},
    {"waits_for", "person_identity", N_("You: prove who you are")},
    {"waits_for", "operator_identity", N_("Us: we check your identity")},
    {"waits_for", "undo_window", N_("The time in which you can still call it off")},
    {"waits_for", "network", N_("Us: the line is being cut in the network")},
    {"waits_for", "staff", N_("Us: a member of staff finishes it by hand")},
    {"", "not_needed", N_("Not needed")},
    {"", "passed", N_("Done")},
    {"", "failed", N_("Failed")},
    {"basis", "person", N_("Asked for by the registered person")},
    {"basis", "expiry", N_("The line's validity ended")},
    {"basis", "company", N_("Asked for by the registered company")},
    {"basis", "regulator", N_("Ordered by the regulator")},
    {"basis", "port_out", N_("The number moved to another operator")},
    {"basis", "transfer", N_("Transferred to another person")},
    {"matched_role", "registered_person", N_("The registered person")},
    {"matched_role", "endorsing_adult",
     N_("The adult who registered the line for someone under 16")},
    {"matched_role", "responsible_person", N_("The responsible person of the company")},
    {"cut_how", "read_back", N_("Cut in the network, and read back that it is gone")},
    {"cut_how", "attested", N_("Cut in the network, attested by staff")},
    {"cut", "read_back", N_("Cut in the network, and read back that it is gone")},
    {"cut", "attested", N_("Cut in the network, attested by staff")},
    {"via", "sms", N_("SMS")},
    {"via", "mail", N_("E-mail")},
    {"to", "sms", N_("SMS")},
    {"to", "mail", N_("E-mail")},
    /* money */
    {"credit", "paid", N_("Paid credit")},
    {"credit", "promotional", N_("Promotional credit")},
    {"credit", "unclaimed", N_("Credit to claim")},
    {"movement", "opening", N_("Credit that was there before")},
    {"movement", "top_up", N_("Top-up")},
    {"movement", "grant", N_("Promotional credit given")},
    {"movement", "spent", N_("Used")},
    {"movement", "suspension_fee", N_("Fee for suspending")},
    {"movement", "transfer", N_("Transfer")},
    {"movement", "transfer_fee", N_("Fee of a transfer")},
    {"movement", "unclaimed", N_("Kept for you to claim")},
    {"movement", "ended", N_("Ended with the line")},
    {"movement", "refund", N_("Asked for as a refund")},
    {"movement", "refund_fee", N_("Fee of a refund")},
    {"movement", "rejected", N_("Refund rejected: yours to claim again")},
    {"movement", "left", N_("Left to the operator, as you agreed")},
    {"movement", "lapsed", N_("Not claimed in time")},
    {"way", "hkid_proxy", N_("FPS, to the account of your HKID number")},
    {"way", "fps_id", N_("FPS, to an FPS identifier")},
    {"way", "bank", N_("Bank account in Hong Kong")},
    {"way", "original", N_("Back to the card or wallet that paid")},
    {"way", "abroad", N_("Bank account abroad")},
    {"way", "cash", N_("Cash at a counter")},
};

/* What the rules have a sentence of their own for, by code. */
static const char *sentence_of(const char *field, const char *code) {
    if (strcmp(field, "document_reason") == 0)
        return document_reason_sentence((int)document_reason_of(code));
    if (strcmp(field, "reason") == 0)
        return refund_reason_sentence(refund_reason_of_code(code));
    return strcmp(field, "way") == 0 ? refund_way_name(refund_way_of_code(code)) : "";
}

const char *present_word(const struct request *request, const char *field, const char *code) {
    const char *sentence = sentence_of(field, code);
    if (*sentence) {
        return words(request->language, sentence);
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        bool fits = !*table[i].field || strcmp(table[i].field, field) == 0;
        if (fits && strcmp(table[i].code, code) == 0) {
            return words(request->language, table[i].word);
        }
    }
    return NULL;
}
