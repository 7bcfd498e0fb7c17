#include "rules/payee.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/text.h"
#include "rules/identifier.h"

enum {
    FPS_SHORT = 7,
    FPS_LONG = 9,
    BANK_DIGITS = 3,
    BRANCH_DIGITS = 3,
    CODES_DIGITS = BANK_DIGITS + BRANCH_DIGITS,
    ACCOUNT_MINIMUM = 6,
    ACCOUNT_MAXIMUM = 9,
};

static const struct {
    const char *code, *field, *sentence;
} faults[PAYEE_FAULT_COUNT] = {
    [PAYEE_OK] = {"", "", ""},
    [PAYEE_WAY] = {"way", "way", N_("This way is not offered. Choose one of those that are.")},
    [PAYEE_NO_HKID] = {"no_hkid", "way",
                       N_("This line is not registered with a Hong Kong identity card, so it "
                          "cannot be paid to one. Choose another way.")},
    [PAYEE_FPS_ID] = {"fps_id", "number",
                      N_("An FPS identifier has 7 or 9 digits. Your bank or wallet shows it in its "
                         "FPS settings.")},
    [PAYEE_ALIAS] = {"alias", "number",
                     N_("We do not pay to a phone number or an e-mail address: it may be somebody "
                        "else's by the time the money comes. Enter an FPS identifier of 7 or 9 "
                        "digits, or choose a bank account.")},
    [PAYEE_BANK] = {"bank", "bank",
                    N_("A bank code has 3 digits, such as 012. It is the first part of the account "
                       "number.")},
    [PAYEE_BRANCH] = {"branch", "branch",
                      N_("A branch code has 3 digits. It stands between the bank code and the rest "
                         "of the account number.")},
    [PAYEE_ACCOUNT] = {"account", "number",
                       N_("An account number has 6 to 9 digits after the codes of bank and branch, "
                          "as in 012-345-678901.")},
    [PAYEE_COUNTRY] = {"country", "country", N_("Choose the country where the account is.")},
    [PAYEE_OWN_COUNTRY] = {"own_country", "country",
                           N_("An account here is not abroad. Choose the bank account as the way "
                              "instead.")},
    [PAYEE_IBAN] = {"iban", "number",
                    N_("Accounts in this country have an IBAN. It begins with the two letters of "
                       "the country: copy all of it from your bank.")},
    [PAYEE_IBAN_CHECK] = {"iban_check", "number",
                          N_("This IBAN is mistyped: its check digits do not fit. Compare it with "
                             "what your bank shows.")},
    [PAYEE_NUMBER] = {"number", "number", N_("An account number has 4 to 34 digits and letters.")},
    [PAYEE_BIC] = {"bic", "bic",
                   N_("A BIC (SWIFT code) has 8 or 11 letters and digits, such as DEUTDEFF. Your "
                      "bank tells you its own.")},
    [PAYEE_CHARGE] = {"charge", "charge",
                      N_("This top-up cannot be paid back to where it came from. Choose another "
                         "one, or another way.")},
    [PAYEE_NO_NAME] = {"no_name", "name",
                       N_("Enter the name of the account holder, as the bank has it.")},
    [PAYEE_NAME] = {"name", "name",
                    N_("This is not the name that the line is registered with, and we pay nobody "
                       "else. Write it in full as on the document, in Latin letters or in "
                       "Chinese. If your name has changed, come to a counter.")},
};

const char *payee_fault_code(enum payee_fault fault) {
    return (unsigned)fault < PAYEE_FAULT_COUNT ? faults[fault].code : "";
}

const char *payee_fault_field(enum payee_fault fault) {
    return (unsigned)fault < PAYEE_FAULT_COUNT ? faults[fault].field : "";
}

const char *payee_fault_sentence(enum payee_fault fault) {
    return (unsigned)fault < PAYEE_FAULT_COUNT ? faults[fault].sentence : "";
}

enum refusal payee_refusal(enum payee_fault fault) {
    switch (fault) {
    case PAYEE_OK:
        return ACCEPTED;
    case PAYEE_WAY:
    case PAYEE_NO_HKID:
    case PAYEE_CHARGE:
        return REFUSED_REFUND_WAY;
    case PAYEE_NAME:
        return REFUSED_PAYEE_NAME;
    default:
        return REFUSED_PAYEE_FORM;
    }
}

bool payee_allows(int64_t way, const struct policy *policy) {
    assert(policy);
    return way > 0 && way < REFUND_WAY_COUNT && policy->refund_ways[way];
}

bool payee_unverified(const struct payee *payee) {
    assert(payee && payee->way > 0 && payee->way < REFUND_WAY_COUNT);
    return payee->way == WAY_FPS_ID;
}

/* The digits of what was typed, without dashes; "" when it is anything else. */
static const char *digits_of(const char *text, char plain[FOLD_SIZE]) {
    bool good = identifier_fold(text, "-", plain) == IDENTIFIER_OK && text_digits(plain);
    if (!good)
        plain[0] = '\0';
    return plain;
}

static enum payee_fault fps_read(const char *text, const struct policy *policy,
                                 struct payee *payee) {
    char plain[FOLD_SIZE], number[NUMBER_SIZE];
    size_t length = strlen(digits_of(text, plain));
    if (length == FPS_SHORT || length == FPS_LONG) {
        memcpy(payee->number, plain, length + 1);
        return PAYEE_OK;
    }
    bool phone = msisdn_normalise(text, policy->country_code, policy->national_digits, number) ==
                 IDENTIFIER_OK;
    return phone || strchr(text, '@') ? PAYEE_ALIAS : PAYEE_FPS_ID;
}

/* Bank, branch and account apart, or all in one as people copy it. */
static enum payee_fault bank_read(const struct payee_typed *typed, struct payee *payee) {
    char bank[FOLD_SIZE], branch[FOLD_SIZE], plain[FOLD_SIZE];
    const char *account = digits_of(typed->number, plain);
    size_t whole = strlen(account), codes = 0;
    bool joined = whole >= CODES_DIGITS + ACCOUNT_MINIMUM;
    if (!typed->bank[0] && !typed->branch[0]) {
        if (!joined)
            return whole ? PAYEE_BANK : PAYEE_ACCOUNT;
        snprintf(bank, sizeof bank, "%.3s", account);
        snprintf(branch, sizeof branch, "%.3s", account + BANK_DIGITS);
        codes = CODES_DIGITS;
    } else if (strlen(digits_of(typed->bank, bank)) != BANK_DIGITS) {
        return PAYEE_BANK;
    } else if (strlen(digits_of(typed->branch, branch)) != BRANCH_DIGITS) {
        return PAYEE_BRANCH;
    } else if (whole > ACCOUNT_MAXIMUM && memcmp(account, bank, BANK_DIGITS) == 0 &&
               memcmp(account + BANK_DIGITS, branch, BRANCH_DIGITS) == 0) {
        codes = CODES_DIGITS;
    }
    size_t length = whole - codes;
    if (length < ACCOUNT_MINIMUM || length > ACCOUNT_MAXIMUM)
        return PAYEE_ACCOUNT;
    memcpy(payee->bank, bank, BANK_DIGITS + 1);
    memcpy(payee->branch, branch, BRANCH_DIGITS + 1);
    memcpy(payee->number, account + codes, length + 1);
    return PAYEE_OK;
}

/* One line without blanks at its ends or more than one within; half-width. False: none, or none
 * that can be kept. */
static bool name_take(const char *text, char name[NAME_SIZE]) {
    size_t length = strnlen(text, NAME_SIZE * 3), used = 0, size;
    bool blank = false;
    for (size_t at = 0; at < length; at += size) {
        uint32_t point;
        char bytes[4];
        size = text_decode(text + at, length - at, &point);
        if (!size || text_control(point))
            return false;
        if (text_blank(point)) {
            blank = used > 0;
            continue;
        }
        size_t count = text_encode(text_half(point), bytes);
        if (used + blank + count >= NAME_SIZE)
            return false;
        if (blank)
            name[used++] = ' ';
        blank = false;
        memcpy(name + used, bytes, count);
        used += count;
    }
    name[used] = '\0';
    return used > 0;
}

static enum payee_fault holder_read(const char *text, const struct payee_whose *whose,
                                    struct payee *payee) {
    if (!name_take(text, payee->name))
        return PAYEE_NO_NAME;
    bool good = payee_name_fits(payee->name, whose->registered, whose->policy, whose->now);
    return good ? PAYEE_OK : PAYEE_NAME;
}

static enum payee_fault hkid_read(const struct subscriber *subscriber, struct payee *payee) {
    const char *name = subscriber->name[0] ? subscriber->name : subscriber->name_zh;
    if (document_type_of(subscriber->document_type) != DOCUMENT_HKID || !subscriber->document[0])
        return PAYEE_NO_HKID;
    memcpy(payee->name, name, sizeof payee->name);
    return PAYEE_OK;
}

static enum payee_fault charge_read(const struct payee_whose *whose, struct payee *payee) {
    const struct charge *charge = whose->charge;
    const struct line *line = whose->line;
    if (!charge || !charge->id || charge->line != line->id || charge->operator!= line->operator)
        return PAYEE_CHARGE;
    if (charge->kind != CHARGE_TOP_UP || !charge->payment[0] ||
        charge->refunded_minor >= charge->amount_minor)
        return PAYEE_CHARGE;
    payee->charge = charge->id;
    return PAYEE_OK;
}

static enum payee_fault way_read(const struct payee_typed *typed, const struct payee_whose *whose,
                                 struct payee *payee) {
    switch (typed->way) {
    case WAY_HKID_PROXY:
        return hkid_read(&whose->registered->subscriber, payee);
    case WAY_FPS_ID:
        return fps_read(typed->number, whose->policy, payee);
    case WAY_BANK:
        return bank_read(typed, payee);
    case WAY_ORIGINAL:
        return charge_read(whose, payee);
    case WAY_ABROAD:
        return payee_read_abroad(typed, whose->policy, payee);
    default:
        assert(typed->way == WAY_CASH);
        return PAYEE_OK;
    }
}

enum payee_fault payee_read(const struct payee_typed *typed, const struct payee_whose *whose,
                            struct payee *payee) {
    assert(typed && whose && payee && whose->line && whose->registered && whose->policy);
    assert(typed->bank && typed->branch && typed->number && typed->bic && typed->country);
    memset(payee, 0, sizeof *payee);
    if (!payee_allows(typed->way, whose->policy))
        return PAYEE_WAY;
    enum payee_fault fault = way_read(typed, whose, payee);
    if (!fault && payee->number[0])
        fault = holder_read(typed->name, whose, payee);
    if (fault) {
        memset(payee, 0, sizeof *payee);
        return fault;
    }
    payee->way = typed->way;
    payee->line = whose->line->id;
    payee->operator= whose->line->operator;
    return PAYEE_OK;
}

void payee_key(const struct payee *payee, char key[PAYEE_KEY_SIZE]) {
    assert(payee && key);
    int length = 0;
    key[0] = '\0';
    if (payee->way == WAY_FPS_ID)
        length = snprintf(key, PAYEE_KEY_SIZE, "fps:%s", payee->number);
    else if (payee->way == WAY_BANK)
        length = snprintf(key, PAYEE_KEY_SIZE, "bank:%s:%s:%s", payee->bank, payee->branch,
                          payee->number);
    else if (payee->way == WAY_ABROAD && payee_has_iban(payee->country))
        length = snprintf(key, PAYEE_KEY_SIZE, "iban:%s", payee->number);
    else if (payee->way == WAY_ABROAD) /* the bank without its branch */
        length = snprintf(key, PAYEE_KEY_SIZE, "abroad:%s:%.8s:%s", payee->country, payee->bic,
                          payee->number);
    assert(length >= 0 && length < PAYEE_KEY_SIZE);
}

const char *payee_masked(struct arena *arena, const struct payee *payee) {
    assert(arena && payee);
    switch (payee->way) {
    case WAY_FPS_ID:
        return format_fps_masked(arena, payee->number);
    case WAY_BANK:
        return format_bank_masked(arena, payee->bank, payee->branch, payee->number);
    case WAY_ABROAD:
        return format_account_masked(arena, payee->number, payee_has_iban(payee->country));
    default:
        return "";
    }
}
