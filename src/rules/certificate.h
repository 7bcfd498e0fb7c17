/* The certificate of closure: what it states, in words of a machine. A statement is one line of
 * JSON with sorted keys and without blanks, so that the same facts are the same bytes; it has a
 * version, holds the operator's own names and figures of that day, and nothing else is needed to
 * draw the paper. It says no more than what was read back, or attested, and what remains (design,
 * rule 5); an identity document's number and a date of birth never stand in it. Pure. */
#ifndef RINGOFF_CERTIFICATE_H
#define RINGOFF_CERTIFICATE_H
#include <stdbool.h>

#include "base/secret.h"
#include "rules/closing.h"
#include "rules/reference.h"

enum { SITE_SIZE = 352, CERTIFICATE_VERSION = 1 };
/* How many keys an operator may ever have had: all are published, in one answer. */
enum { SIGNING_KEYS = 64 };

/* What is stated; "" and 0: it is not. Times come back from text in whole seconds. */
struct certificate_facts {
    char operator[POLICY_CODE], operator_name[POLICY_NAME];
    char operator_name_hant[POLICY_NAME], operator_name_hans[POLICY_NAME];
    char site[SITE_SIZE], hotline[NUMBER_SIZE], language[16];
    char reference[REFERENCE_SIZE], basis[CODE_SIZE];
    char name[NAME_SIZE], name_zh[NAME_SIZE], number[NUMBER_SIZE];
    char identity[CODE_SIZE]; /* "match", "document" or "original" */
    char cut[CODE_SIZE];      /* "read_back" or "attested" */
    char evidence[200];       /* what was read back; an attestation's own words are the staff's */
    char currency[4];
    int64_t utc_offset_minutes, paid_minor, promotional_minor;
    int64_t submitted_at, identity_at, confirmed_at, cut_at, deregistered_at;
    int64_t claim_until, number_until, reclaim_until, registration_until;
    /* What was chosen for the paid credit; 0 and "": it was not. paid_minor is what is unclaimed;
     * claim_until 0 with some: it can be claimed for good. */
    int64_t refund_minor, transfer_minor, fee_minor, left_minor, refund_by;
    char refund[REFERENCE_SIZE];
};

/* The facts of a closure that is finished with this plan; site is where the portal is; refund: that
 * was asked for with the closing, id 0: none. */
struct certificate_facts
certificate_facts_of(const struct closure *closure, const struct line *line,
                     const struct subscriber *subscriber, const struct closing *plan,
                     const struct refund *refund, const struct policy *policy, const char *site);
/* The statement of the facts: valid UTF-8 without control characters in, JSON out. */
void certificate_write(const struct certificate_facts *facts, char text[CERTIFICATE_TEXT]);
/* The facts of a statement; false when it is none of ours or of another version. */
bool certificate_read(const char *text, struct certificate_facts *facts);

/* The code that stands on the paper and shows on the page of verification what it states: 78 bits,
 * kept nowhere. For a row that is empty it is worked out as well, and fits nothing. */
void certificate_code(const struct secrets *secrets, const struct certificate *row,
                      char code[STATUS_SECRET_SIZE]);
/* True when a typed code is the certificate's. */
bool certificate_code_fits(const struct secrets *secrets, const struct certificate *row,
                           const char *typed);
/* True when a key that lived from made_at to retired_at (0: it lives) may have signed something of
 * that time. Servers' clocks and a commit under way may differ by an hour. */
bool certificate_key_lived(int64_t made_at, int64_t retired_at, int64_t at);
/* Where an operator's portal is: the house's address and the operator's code behind it where the
 * settings name one (house not NULL), else the operator's own host. */
void policy_site(const struct policy *policy, const char *house, char site[SITE_SIZE]);
#endif
