/* line.import: one row of the operator's list of lines becomes a line with its registration, SIM,
 * number, contact and opening balances, in one commit. The row is typed and normalised already
 * (the import does that, and rejects what is not well-formed); what depends on what is kept is
 * decided here: caps, numbers that rest or are taken, SIMs that were issued before. */
#ifndef RINGOFF_LINE_IMPORT_H
#define RINGOFF_LINE_IMPORT_H
#include "store/rows.h"
#include "store/verb.h"

struct line_import {
    char number[NUMBER_SIZE], iccid[ICCID_SIZE], imsi[IMSI_SIZE], plan[PLAN_SIZE];
    int64_t sim_since, activated_at, expires_at; /* expires_at 0: never */
    int64_t paid_minor, promotional_minor;
    int64_t kind; /* enum subscriber_kind */
    char name[NAME_SIZE], name_zh[NAME_SIZE];
    char birth[16]; /* YYYY-MM-DD, "" for a company */
    char document_type[CODE_SIZE], document[DOCUMENT_SIZE];
    char email[EMAIL_SIZE]; /* "": none */
    int64_t email_since;
    char language[16];
    int64_t second_role; /* enum second_role; SECOND_NONE: the row says nothing of one */
    char second_name[NAME_SIZE], second_name_zh[NAME_SIZE], second_birth[16];
    char second_document_type[CODE_SIZE], second_document[DOCUMENT_SIZE];
};

/* Internal -> result line. A row of a line that is in already (number and document) brings in what
 * changed: another SIM (a used one is refused), another e-mail address (the old one is taken away),
 * another credit (against the operator's opening account), the second person of the registration
 * (one that was missing, or another one). A change is as young as the row says, or
 * as this import when the row dates it before what was known. Of another SIM, another address and
 * another second person the line and every address there was before, also the one taken away, are
 * told at once; the new address is not, nor is anybody of a line that is new. The same row again is
 * REFUSED_UNCHANGED. While the line is being cut nothing of it is changed (REFUSED_LINE_CLOSING). A
 * registered person's kind, names and date of birth are never changed: a row that says otherwise is
 * refused, naming which. A second person must be an adult of the role that goes with the
 * subscriber, with a person's document (REFUSED_SECOND_PERSON). Plan, dates and language of a line
 * that is in are not looked at. */
extern const struct verb line_import_verb;
#endif
