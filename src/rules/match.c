#include "rules/match.h"

#include <assert.h>

#include "base/civil.h"
#include "base/secret.h"

bool registered_is_minor(const struct subscriber *subscriber, const struct policy *policy,
                         int64_t now) {
    assert(subscriber && policy);
    int age = civil_age(subscriber->birth, now, (int)policy->utc_offset_minutes);
    return subscriber->kind == SUBSCRIBER_PERSON && age >= 0 && age < AGE_ALONE;
}

enum matched_role match_wants(const struct subscriber *subscriber, const struct policy *policy,
                              int64_t now) {
    assert(subscriber && policy);
    if (subscriber->kind == SUBSCRIBER_COMPANY)
        return MATCHED_RESPONSIBLE;
    return registered_is_minor(subscriber, policy, now) ? MATCHED_ENDORSING_ADULT : MATCHED_OWN;
}

/* Both compared whatever the first says. */
static bool fits(const struct document *given, const char *type, const char *number) {
    bool same_type = secret_equal(document_type_code(given->type), type);
    bool same_number = secret_equal(given->number, number);
    return same_type & same_number;
}

enum refusal match_identity(const struct registered *registered, const char *type,
                            const char *number, const struct policy *policy, int64_t now,
                            int64_t *role) {
    assert(registered && type && number && policy);
    const struct subscriber *subscriber = &registered->subscriber;
    const struct second_person *second = &registered->second;
    struct document given;
    if (role)
        *role = MATCHED_NOBODY;
    enum identifier_result result = document_normalise(document_type_of(type), number, &given);
    if (result != IDENTIFIER_OK)
        return document_refusal(result);
    assert(given.number[0]); /* nothing is known and nothing is erased match alike */
    enum matched_role wanted = match_wants(subscriber, policy, now);
    bool own = fits(&given, subscriber->document_type, subscriber->document);
    bool other = fits(&given, second->document_type, second->document);
    bool adult = (wanted == MATCHED_ENDORSING_ADULT) & (second->role == SECOND_ENDORSING_ADULT);
    bool body = (wanted == MATCHED_RESPONSIBLE) & (second->role == SECOND_RESPONSIBLE_PERSON);
    bool beside = (adult | body) & (second->subscriber == subscriber->id) & (second->id != 0);
    bool same = (subscriber->id != 0) & (((wanted == MATCHED_OWN) & own) | (beside & other));
    if (same && role)
        *role = wanted;
    return same ? ACCEPTED : REFUSED_IDENTITY;
}
