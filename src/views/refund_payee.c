/* Whom a refund is to be paid to, in clear: in the answer of refund.payee only, which the journal
 * notes. Asked for by itself it names the way and nobody. */
#include <string.h>

#include "rules/payee.h"
#include "views/cases.h"

static const char *const ways[] = {NULL,       "hkid_proxy", "fps_id", "bank",
                                   "original", "abroad",     "cash",   view_values_end};

struct payee_view {
    int64_t refund, payee, way, amount_minor, currency_exponent, unverified, made_at;
    char reference[REFERENCE_SIZE], currency[4];
    char name[NAME_SIZE], bank[8], branch[8], number[40], bic[12], country[4];
    char payment[TRANSACTION_SIZE];
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
};

static const struct view_field payee_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, payee_view, refund), .help = "the refund"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, payee_view, reference), .help = "what people read out"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, payee_view, payee), .help = "the payee, whom refund.approve names"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, payee_view, currency), .help = "ISO 4217"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, payee_view, currency_exponent),
     .help = "decimal places of the currency"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, payee_view, amount_minor), .help = "what is paid, minor units"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, payee_view, way), .help = "how it is paid", .values = ways},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, payee_view, unverified),
     .help = "nothing ties the account to the person"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, payee_view, made_at), .help = "when it was named"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, name),
     .help = "the holder's name; only in the answer of refund.payee, and so below"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, bank), .help = "the bank's code"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, branch), .help = "the branch's code"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, number),
     .help = "the account's number, the FPS identifier, or the IBAN"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, bic), .help = "the bank's BIC"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, country), .help = "the account's country"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, payment),
     .help = "the payment provider's name for the payment that it goes back to"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, document_type),
     .help = "hkid_proxy and cash: the registered document"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, payee_view, document), .help = "its number"},
    VIEW_END,
};

static json_t *payee_build(struct view_context *context, int64_t id) {
    struct refund refund = {.id = 0};
    struct payee payee = {.id = 0};
    struct registered registered = {.subscriber.id = 0};
    struct charge charge = {.id = 0};
    const struct payee *p = &payee;
    struct load load = view_wants(context);
    want_refund(&load, id, &refund);
    want_payee_of_refund(&load, id, &payee);
    if (!context->policy || !view_fetch(context, &load) || !refund.id || !payee.id)
        return NULL;
    load = view_wants(context);
    want_charge(&load, payee.charge, &charge);
    want_registered_of(&load, refund.line, &registered);
    if (!view_fetch(context, &load))
        return NULL;
    struct payee_view view = {.refund = id,
                              .payee = p->id,
                              .way = p->way,
                              .amount_minor = refund.amount_minor,
                              .currency_exponent = context->policy->currency_exponent,
                              .unverified = payee_unverified(p),
                              .made_at = p->made_at};
    context->own = context->once;
    memcpy(view.reference, refund.reference, sizeof view.reference);
    memcpy(view.currency, context->policy->currency, sizeof view.currency);
    memcpy(view.name, p->name, sizeof view.name);
    memcpy(view.bank, p->bank, sizeof view.bank);
    memcpy(view.branch, p->branch, sizeof view.branch);
    memcpy(view.number, p->number, sizeof view.number);
    memcpy(view.bic, p->bic, sizeof view.bic);
    memcpy(view.country, p->country, sizeof view.country);
    memcpy(view.payment, charge.payment, sizeof view.payment);
    if (p->way == WAY_HKID_PROXY || p->way == WAY_CASH) {
        memcpy(view.document_type, registered.subscriber.document_type, sizeof view.document_type);
        memcpy(view.document, registered.subscriber.document, sizeof view.document);
    }
    return view_json(context, payee_fields, &view);
}

const struct view refund_payee_view = {
    .name = "refund_payee",
    .help = "Whom a refund is to be paid to",
    .who = ACTOR_STAFF,
    .scope = "refunds:write",
    .fields = payee_fields,
    .build = payee_build,
};
