/* Accounts abroad: ISO 3166 countries, ISO 13616 IBANs, ISO 9362 BICs. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifier.h"
#include "rules/payee.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

enum { IBAN_MINIMUM = 15, IBAN_MAXIMUM = 34, ACCOUNT_MINIMUM = 4, ACCOUNT_MAXIMUM = 34 };

/* ISO 3166-1, two letters each. */
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW ";

/* The length of an IBAN where it is known to us and long settled; elsewhere any account number is
 * taken as it is. */
static const struct {
    char country[3];
    uint8_t length;
} ibans[] = {
    {"AD", 24}, {"AE", 23}, {"AT", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22}, {"CH", 21}, {"CY", 28},
    {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"EE", 20}, {"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22},
    {"GI", 23}, {"GR", 27}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IS", 26}, {"IT", 27},
    {"JO", 30}, {"KW", 30}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"MC", 27}, {"MT", 31},
    {"NL", 18}, {"NO", 15}, {"PK", 24}, {"PL", 28}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"SA", 24},
    {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"TR", 26}, {"UA", 29}, {"VA", 22},
};

/* The country of an operator's numbers (ITU-T E.164), where its code is one country's. */
static const struct {
    char code[4], country[3];
} owns[] = {
    {"852", "HK"}, {"853", "MO"}, {"86", "CN"}, {"886", "TW"}, {"81", "JP"}, {"82", "KR"},
    {"65", "SG"},  {"60", "MY"},  {"66", "TH"}, {"63", "PH"},  {"84", "VN"}, {"62", "ID"},
    {"91", "IN"},  {"49", "DE"},  {"33", "FR"}, {"353", "IE"}, {"34", "ES"}, {"31", "NL"},
    {"32", "BE"},  {"43", "AT"},  {"41", "CH"}, {"351", "PT"}, {"48", "PL"}, {"46", "SE"},
};

static bool is_country(const char *text) {
    if (strlen(text) != 2 || strspn(text, LETTERS) != 2)
        return false;
    for (size_t i = 0; countries[i]; i += 3)
        if (memcmp(countries + i, text, 2) == 0)
            return true;
    return false;
}

static bool is_own(const char *country, const struct policy *policy) {
    for (size_t i = 0; i < sizeof owns / sizeof *owns; i++)
        if (strcmp(owns[i].code, policy->country_code) == 0)
            return memcmp(owns[i].country, country, 2) == 0;
    return false;
}

/* 0 where there is none that is known. */
static size_t iban_length(const char *country) {
    assert(country && sizeof countries % 3 == 1);
    for (size_t i = 0; i < sizeof ibans / sizeof *ibans; i++)
        if (strcmp(ibans[i].country, country) == 0)
            return ibans[i].length;
    return 0;
}

bool payee_has_iban(const char *country) {
    return iban_length(country) != 0;
}

/* ISO 7064 mod 97-10: the first four behind the rest, letters as 10 to 35, leaves 1. */
static bool iban_checks(const char *iban, size_t length) {
    assert(length >= IBAN_MINIMUM && length <= IBAN_MAXIMUM);
    unsigned rest = 0;
    for (size_t i = 0; i < length; i++) {
        char c = iban[(i + 4) % length];
        bool digit = c <= '9'; /* else a capital letter */
        rest = (rest * (digit ? 10 : 100) + (unsigned)(digit ? c - '0' : c - 'A' + 10)) % 97;
    }
    return rest == 1;
}

static enum payee_fault iban_read(const char *plain, const char *country, size_t wanted) {
    size_t length = strlen(plain);
    if (length != wanted || memcmp(plain, country, 2) != 0 || strspn(plain + 2, DIGITS) < 2)
        return PAYEE_IBAN;
    return iban_checks(plain, length) ? PAYEE_OK : PAYEE_IBAN_CHECK;
}

static enum payee_fault number_read(const char *text, struct payee *payee) {
    char plain[FOLD_SIZE];
    size_t wanted = iban_length(payee->country);
    enum payee_fault no = wanted ? PAYEE_IBAN : PAYEE_NUMBER;
    if (identifier_fold(text, "-./", plain) != IDENTIFIER_OK)
        return no;
    const char *number = plain;
    if (wanted && strncmp(number, "IBAN", 4) == 0)
        number += number[4] == ':' ? 5 : 4;
    size_t length = strlen(number);
    if (strspn(number, LETTERS DIGITS) != length || length < ACCOUNT_MINIMUM ||
        length > ACCOUNT_MAXIMUM || !strpbrk(number, DIGITS))
        return no;
    no = wanted ? iban_read(number, payee->country, wanted) : PAYEE_OK;
    if (!no)
        memcpy(payee->number, number, length + 1);
    return no;
}

/* Four of the bank, two of the country, two of the place, three of the branch or none. */
static enum payee_fault bic_read(const char *text, const struct policy *policy,
                                 struct payee *payee) {
    char plain[FOLD_SIZE];
    if (identifier_fold(text, "-", plain) != IDENTIFIER_OK)
        return PAYEE_BIC;
    size_t length = strlen(plain);
    if ((length != 8 && length != 11) || strspn(plain, LETTERS) < 6 ||
        strspn(plain, LETTERS DIGITS) != length)
        return PAYEE_BIC;
    char country[3] = {plain[4], plain[5], '\0'};
    if (!is_country(country))
        return PAYEE_BIC;
    if (is_own(country, policy))
        return PAYEE_OWN_COUNTRY;
    memcpy(payee->bic, plain, length + 1);
    return PAYEE_OK;
}

enum payee_fault payee_read_abroad(const struct payee_typed *typed, const struct policy *policy,
                                   struct payee *payee) {
    assert(typed && policy && payee);
    char plain[FOLD_SIZE];
    if (identifier_fold(typed->country, "", plain) != IDENTIFIER_OK || !is_country(plain))
        return PAYEE_COUNTRY;
    if (is_own(plain, policy))
        return PAYEE_OWN_COUNTRY;
    memcpy(payee->country, plain, 3);
    enum payee_fault fault = number_read(typed->number, payee);
    if (!fault)
        fault = bic_read(typed->bic, policy, payee);
    assert(fault || (payee->number[0] && payee->bic[0]));
    return fault;
}
