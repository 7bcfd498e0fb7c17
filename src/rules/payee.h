/* To whom a refund may be paid: what was typed is normalised and checked for its shape only (a bank
 * knows its own accounts; what it does not know comes back, rules/refund.h), and whose it is, as
 * far as that can be known.
 *
 * There is no way "mobile number", nor "e-mail". The number of the line that closes goes to
 * somebody else after its quarantine, and a payment system finds the account of a mobile proxy when
 * it pays, not when the person typed it; whose any other number is, nobody here can tell. A number
 * typed where an FPS id belongs is refused with that sentence.
 *
 * Whose name: the registered person's. For a person under 16 also that of the adult who endorsed
 * the registration, since only that adult may ask for the line (rules/match.h) and a child may have
 * no account; from the 16th birthday on no longer. For a body only its own: the responsible person
 * asks for it, but the money is not that person's. */
#ifndef RINGOFF_PAYEE_H
#define RINGOFF_PAYEE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "rules/policy.h"
#include "rules/refusal.h"
#include "rules/row.h"

enum payee_fault {
    PAYEE_OK,
    PAYEE_WAY,     /* none, or the policy does not offer it */
    PAYEE_NO_HKID, /* the line is registered with another document */
    PAYEE_FPS_ID,
    PAYEE_ALIAS, /* a telephone number or an e-mail address */
    PAYEE_BANK,
    PAYEE_BRANCH,
    PAYEE_ACCOUNT,
    PAYEE_COUNTRY,
    PAYEE_OWN_COUNTRY, /* the operator's: an account there is paid as WAY_BANK */
    PAYEE_IBAN,        /* none, of another country, or of another length than that country's */
    PAYEE_IBAN_CHECK,  /* its check digits do not fit: mistyped */
    PAYEE_NUMBER,      /* an account number abroad, where there are no IBANs */
    PAYEE_BIC,
    PAYEE_CHARGE, /* no top-up of this line, or none that can be paid back */
    PAYEE_NO_NAME,
    PAYEE_NAME, /* is not a name that payee_name_fits */
    PAYEE_FAULT_COUNT
};

/* What was typed, as it was; no field is NULL. What does not belong to the way is not looked at. */
struct payee_typed {
    int64_t way; /* enum refund_way */
    const char *bank, *branch, *number, *bic, *country, *name;
};
struct payee_whose {
    const struct line *line;
    const struct registered *registered;
    const struct charge *charge; /* WAY_ORIGINAL: the top-up, as loaded; id 0 or NULL: none */
    const struct policy *policy;
    int64_t now;
};

/* True when the policy offers the way. */
bool payee_allows(int64_t way, const struct policy *policy);
/* Fills *payee: way, line, operator and what belongs to the way; the caller adds id, closure and
 * time. On anything but PAYEE_OK *payee is all 0. Takes full-width, blanks and dashes; a whole
 * account in `number` ("012-345-678901") when bank and branch are empty or the same. The name is
 * asked for with WAY_FPS_ID, WAY_BANK and WAY_ABROAD; with WAY_HKID_PROXY it is the registered one,
 * with the others there is none. */
enum payee_fault payee_read(const struct payee_typed *typed, const struct payee_whose *whose,
                            struct payee *payee);
/* Is the holder's name that of who is to be paid, in Latin or in Chinese writing, or both? Case,
 * the order of Latin words, blanks, hyphens, commas, apostrophes, brackets, points, full-width
 * letters and accents do not count. An initial or a name that is left out does not fit, no word is
 * taken for a title, and simplified characters are not the traditional ones. */
bool payee_name_fits(const char *name, const struct registered *registered,
                     const struct policy *policy, int64_t now);
/* True when nothing ties the account to the person: an FPS id is only a number. */
bool payee_unverified(const struct payee *payee);

enum { PAYEE_KEY_SIZE = 64 };
/* One text for one account, however it was typed, for budgets across lines: "fps:1234567",
 * "bank:012:345:678901", "iban:DE89…", "abroad:US:BOFAUS3N:123456". Hash it, never keep it. "" for
 * HKID proxy, original and cash, which are of one person or payment anyhow. */
void payee_key(const struct payee *payee, char key[PAYEE_KEY_SIZE]);
/* What a person recognises and nobody else can use: "FPS •••••67", "012-345-••••901", "DE89 ••••
 * 3000"; "" for the ways without a number. Owned by the arena; NULL when it is full. */
const char *payee_masked(struct arena *arena, const struct payee *payee);

/* ACCEPTED, or the refusal that belongs to the fault. */
enum refusal payee_refusal(enum payee_fault fault);
/* Stable, lower_case ("iban_check"), the field it is about ("number", "name", "way", "charge" …),
 * and the msgid that says what to do. All "" for PAYEE_OK and out of range. Static. */
const char *payee_fault_code(enum payee_fault fault);
const char *payee_fault_field(enum payee_fault fault);
const char *payee_fault_sentence(enum payee_fault fault);

/* --- shared by payee.c and payee_abroad.c --- */

/* Country, account and BIC of WAY_ABROAD into *payee. */
enum payee_fault payee_read_abroad(const struct payee_typed *typed, const struct policy *policy,
                                   struct payee *payee);
/* True when the country's accounts are IBANs. */
bool payee_has_iban(const char *country);
#endif
