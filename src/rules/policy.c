#include "rules/policy.h"

#include <assert.h>
#include <string.h>

#include "rules/policy_field.h"

bool policy_read(const char *text, size_t length, struct policy *policy,
                 struct policy_faults *faults) {
    return policy_parse(text, length, policy, faults) && policy_check(policy, faults);
}

const struct policy *policy_effective(const struct policy *versions, size_t count, int64_t now) {
    assert(versions || !count);
    const struct policy *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct policy *one = &versions[i];
        if (one->effective_at > now)
            continue;
        if (!best || one->effective_at > best->effective_at ||
            (one->effective_at == best->effective_at && one->version > best->version))
            best = one;
    }
    assert(!best || best->effective_at <= now);
    return best;
}

bool policy_offers(const struct policy *policy, enum language language) {
    return (policy->language_mask & LANGUAGE_BIT(language)) != 0;
}

enum language policy_language(const struct policy *policy, enum language language) {
    assert(policy->language_count);
    return policy_offers(policy, language) ? language : policy->languages[0];
}

/* ISO 4217, the currencies in use, by their number of decimal places. */
static const char *const currencies[] = {
    " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ",
    " ",
    " AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF"
    " CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD"
    " HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN"
    " QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP"
    " TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ",
    " BHD IQD JOD KWD LYD OMR TND ",
};

int currency_exponent(const char *currency) {
    if (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return -1;
    const char word[6] = {' ', currency[0], currency[1], currency[2], ' ', '\0'};
    for (int exponent = 0; exponent < (int)(sizeof currencies / sizeof *currencies); exponent++)
        if (strstr(currencies[exponent], word))
            return exponent;
    return -1;
}
