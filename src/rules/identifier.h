/* The identifiers of people, numbers and cards: is one well-formed, and what is its ONE stored
 * form. Text may come as people type it: full-width, lower case, with spaces; every function folds
 * it. The answer says which thing is wrong, so that the sentence shown can say what to do. */
#ifndef RINGOFF_IDENTIFIER_H
#define RINGOFF_IDENTIFIER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/refusal.h"
#include "rules/row.h"

enum identifier_result {
    IDENTIFIER_OK,
    IDENTIFIER_EMPTY,       /* nothing was given */
    IDENTIFIER_LENGTH,      /* too few or too many characters */
    IDENTIFIER_CHARACTER,   /* a character that cannot stand there, or invalid UTF-8 */
    IDENTIFIER_CHECK_DIGIT, /* well-formed, but the check digit does not fit: mistyped */
    IDENTIFIER_DATE,        /* the date of birth inside does not exist */
    IDENTIFIER_PREFIX,      /* does not begin as it must (ICCID 89, a country code) */
    IDENTIFIER_TYPE,        /* this kind of document is not accepted as identity document */
    IDENTIFIER_RESULT_COUNT
};

/* Stable, lower_case, for logs, rejects files and the API; "unknown" for no result. Static. */
const char *identifier_result_code(enum identifier_result result);

/* --- documents (identifier_document.c) --- */

enum document_type {
    DOCUMENT_NONE, /* no type; never stored */
    DOCUMENT_HKID,
    DOCUMENT_RESIDENT_ID, /* GB 11643, also residence permits 81/82/83 */
    DOCUMENT_HOME_RETURN_PERMIT,
    DOCUMENT_EXIT_ENTRY_PERMIT,
    DOCUMENT_TAIWAN_PERMIT,
    DOCUMENT_PASSPORT,
    DOCUMENT_BUSINESS_REGISTRATION,
    DOCUMENT_OTHER,
    DOCUMENT_HKSAR_PASSPORT, /* known, and not accepted (OFCA FAQ) */
    DOCUMENT_BNO_PASSPORT,   /* known, and not accepted (OFCA FAQ) */
    DOCUMENT_TYPE_COUNT
};

struct document {
    enum document_type type;
    char number[DOCUMENT_SIZE]; /* the one stored form */
    char birth[16];             /* YYYY-MM-DD where the number holds it, else "" */
    bool unusual; /* a hint: the shape is not the usual one; never a ground to refuse */
};

/* "hkid", "resident_id", "home_return_permit", "exit_entry_permit", "taiwan_permit", "passport",
 * "business_registration", "other", "hksar_passport", "bno_passport"; "" for none. Static. */
const char *document_type_code(enum document_type type);
/* The type of a stable code; DOCUMENT_NONE for any other text. */
enum document_type document_type_of(const char *code);
/* True for what may be registered; false for HKSAR and BN(O) passports and for no type. */
bool document_type_accepted(enum document_type type);
/* Checks a document number of the type and fills *document; on anything but IDENTIFIER_OK
 * document->number is "". HKID becomes "A123456(3)"; a business registration the eight digits and
 * a branch other than 000 ("12345678-001"), for the rest of a certificate's number changes yearly.
 */
enum identifier_result document_normalise(enum document_type type, const char *text,
                                          struct document *document);
/* The text that is looked up: "hkid:A123456(3)"; "" when the document is none. */
void document_key(const struct document *document, char key[DOCUMENT_SIZE + CODE_SIZE]);
/* The refusal that belongs to a result for a document: type, check digit, or form. */
enum refusal document_refusal(enum identifier_result result);

/* --- HKID and resident identity number alone --- */

/* "A123456(3)" from any accepted way of writing it. */
enum identifier_result hkid_normalise(const char *text, char out[DOCUMENT_SIZE]);
/* Makes a valid HKID of one or two capital letters and a number below 1 000 000 (the rest is cut);
 * false when the letters are not one or two of A-Z. */
bool hkid_make(const char *letters, uint32_t number, char out[DOCUMENT_SIZE]);
/* Eighteen characters; birth (may be NULL) takes YYYY-MM-DD. */
enum identifier_result resident_id_normalise(const char *text, char out[DOCUMENT_SIZE],
                                             char birth[16]);
/* Makes a valid number of six region digits, a birth date YYYYMMDD, a sequence below 1000 (the
 * rest is cut); false when region or date are not well-formed. */
bool resident_id_make(const char *region, const char *birth, uint32_t sequence,
                      char out[DOCUMENT_SIZE]);

/* --- machine-readable zone, ICAO 9303 part 4, TD3 line 2 (identifier_mrz.c) --- */

enum mrz_part { MRZ_NUMBER, MRZ_BIRTH, MRZ_EXPIRY, MRZ_OPTIONAL, MRZ_COMPOSITE, MRZ_PART_COUNT };
struct mrz {
    char number[10], nationality[4], birth[7], expiry[7], optional[15]; /* fillers taken off */
    char sex;                                                           /* 'M', 'F' or '<' */
    enum mrz_part wrong; /* the first part whose check digit is wrong; MRZ_PART_COUNT: none */
};

/* The check digit of length characters of A-Z, 0-9 and '<': 0 to 9, or -1 for another character. */
int mrz_check_digit(const char *text, size_t length);
/* Reads line 2 of 44 characters; the parts are filled also when a check digit is wrong. */
enum identifier_result mrz_read(const char *line, struct mrz *mrz);

/* --- numbers and cards (identifier_number.c) --- */

struct number_block {
    char from[NUMBER_SIZE], to[NUMBER_SIZE];
}; /* E.164 with '+', both inside */

/* E.164 with '+': "6123 4567" takes the country code, when it has national_digits digits;
 * "+852 6123-4567", "00852…" and "852…" are taken as they are. A number of the own country must
 * have national_digits digits; another country's 8 to 15 digits in all. */
enum identifier_result msisdn_normalise(const char *text, const char *country_code,
                                        int64_t national_digits, char out[NUMBER_SIZE]);
/* True when the normalised number lies in one of the blocks. */
bool number_in_blocks(const char *number, const struct number_block *blocks, size_t count);
/* True when both ends are E.164, of one length, and from is not past to. */
bool number_block_valid(const struct number_block *block);
/* True when a number lies in both. */
bool number_blocks_overlap(const struct number_block *one, const struct number_block *other);
/* 18 to 20 digits that begin with 89, the last of which is their Luhn digit (ITU-T E.118); a filler
 * F at the end, as readers show it, is taken off. */
enum identifier_result iccid_normalise(const char *text, char out[ICCID_SIZE]);
/* Appends the Luhn digit to 17 to 19 digits that begin with 89; false when they do not. */
bool iccid_make(const char *digits, char out[ICCID_SIZE]);
/* 6 to 15 digits. With a country (MCC, three digits, may be NULL) *foreign says whether it begins
 * otherwise: a hint only. */
enum identifier_result imsi_normalise(const char *text, const char *country, char out[IMSI_SIZE],
                                      bool *foreign);
/* 15 digits, the last of which is their Luhn digit. */
enum identifier_result imei_normalise(const char *text, char out[IMSI_SIZE]);
/* The Luhn digit ('0' to '9') that belongs behind the digits; 0 when there is none or another
 * character. */
char luhn_digit(const char *digits);

/* --- e-mail addresses (identifier_email.c) --- */

/* The address to write to: ends trimmed, the domain in lower case, the part before @ as typed.
 * ASCII, at most 254 characters and 64 before the @, a domain with a dot; nothing that could end
 * a header line. */
enum identifier_result email_normalise(const char *text, char out[EMAIL_SIZE]);
/* The form to look it up by: the normalised address all in lower case, since nobody tells Anna@
 * from anna@. */
void email_key(const char *address, char key[EMAIL_SIZE]);

/* --- shared by the files above --- */

enum { FOLD_SIZE = 64 };
/* Folds text to half-width ASCII capitals without blanks and without the characters in drop; the
 * dashes of other keyboards become '-'. */
enum identifier_result identifier_fold(const char *text, const char *drop, char out[FOLD_SIZE]);
#endif
