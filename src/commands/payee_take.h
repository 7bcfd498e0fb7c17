/* What somebody typed of whom a refund is to be paid to, as verbs take it: read by rules/payee.h,
 * its name held against the registered one, and counted. So many refunds to one account in a time,
 * over all lines of the operator, and no more: somebody who empties other people's lines has one
 * account. It is counted when it is named, by a keyed hash of the account.
 * Used by refund.correct and by the verbs in which credit is chosen and claimed. */
#ifndef RINGOFF_PAYEE_TAKE_H
#define RINGOFF_PAYEE_TAKE_H
#include "commands/attempts.h"
#include "rules/payee.h"

#define SCOPE_PAYEE "payee" /* refunds asked for; subject: payee_key */

/* As typed: full-width, blanks and dashes have room. In a verb's input it is the member `to`. */
struct payee_input {
    char way[CODE_SIZE], name[NAME_SIZE];
    char bank[24], branch[24], number[160], bic[48], country[24];
    int64_t charge; /* WAY_ORIGINAL: the top-up */
};
/* The rows of its field table in a verb's input, struct `type`. */
#define PAYEE_PLACE(type, member)                                                                  \
    offsetof(struct type, to.member), sizeof(((struct type *)0)->to.member)
#define PAYEE_FIELDS(type, least)                                                                  \
    {"way", FIELD_TEXT,    PAYEE_PLACE(type, way),                                                 \
     least, CODE_SIZE - 1, "How it is paid: hkid_proxy, fps_id, bank, original, abroad or cash"},  \
        {"name", FIELD_TEXT,    PAYEE_PLACE(type, name),                                           \
         0,      NAME_SIZE - 1, "The account holder's name, as registered: fps_id, bank, abroad"}, \
        {"bank", FIELD_TEXT, PAYEE_PLACE(type, bank), 0, 23, "The bank's code, 3 digits: bank"},   \
        {"branch", FIELD_TEXT, PAYEE_PLACE(type, branch),                                          \
         0,        23,         "The branch's code, 3 digits: bank"},                               \
        {"number", FIELD_TEXT, PAYEE_PLACE(type, number),                                          \
         0,        159,        "The FPS identifier, the account's number, or the IBAN"},           \
        {"bic", FIELD_TEXT, PAYEE_PLACE(type, bic), 0, 47, "The bank's BIC: abroad"},              \
        {"country", FIELD_TEXT, PAYEE_PLACE(type, country),                                        \
         0,         23,         "The account's country, two letters: abroad"},                     \
    {                                                                                              \
        "charge", FIELD_ID, PAYEE_PLACE(type, charge), 0, INT64_MAX,                               \
            "The top-up to whose payment it goes back: original"                                   \
    }

struct payee_rows {
    struct budget counted; /* of the account that was typed */
    struct charge charge;
};

/* Wants them; the line must be wanted too. */
void want_payee_rows(struct load *load, const struct payee_input *in, struct payee_rows *to);
/* Reads what was typed, for a refund of the line's credit, into *payee (no id yet). former: whom it
 * was to be paid to before, NULL or id 0 = nobody; the same account is not counted again.
 * REFUSED_REFUND_WAY, REFUSED_PAYEE_FORM, REFUSED_PAYEE_NAME, REFUSED_PAYEE_VELOCITY; then nothing
 * is changed. *fault, unless NULL, says which rule of rules/payee.h it was. */
enum refusal payee_take(struct outcome *out, const struct payee_input *in,
                        const struct payee_rows *rows, const struct line *line,
                        const struct registered *registered, const struct payee *former,
                        struct payee *payee, enum payee_fault *fault);
/* Counts it and adds the row, for a closure; nothing of the verb may be refused afterwards. */
void payee_keep(struct outcome *out, const struct payee_rows *rows, const struct payee *former,
                int64_t closure, struct payee *payee);
#endif
