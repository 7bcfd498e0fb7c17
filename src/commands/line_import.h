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
};

/* Internal -> result line. The same row again (number, ICCID, IMSI and document) is
 * REFUSED_UNCHANGED with the line as its result; balances and names that differ then are not
 * brought in, for the line has lived on since. */
extern const struct verb line_import_verb;
#endif
