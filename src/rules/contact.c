#include "rules/contact.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "rules/identifier.h"

enum refusal contact_may_add(const struct contact *contacts, size_t count, const char *address) {
    char key[EMAIL_SIZE], other[EMAIL_SIZE];
    size_t present = 0;
    assert(contacts && address[0]);
    email_key(address, key);
    for (size_t i = 0; i < count; i++) {
        if (!contacts[i].id || contacts[i].removed_at)
            continue;
        email_key(contacts[i].address, other);
        if (strcmp(key, other) == 0)
            return REFUSED_UNCHANGED;
        present++;
    }
    return present < CONTACTS_MOST ? ACCEPTED : REFUSED_CONTACTS_FULL;
}

void contact_end(struct contact *contact, const struct policy *policy, int64_t now) {
    assert(contact->id && !contact->removed_at);
    assert(now > 0);
    int64_t was = now - contact->since, most = policy->contact_age_days * DAY;
    contact->removed_at = now;
    contact->told_until = now + (was < most ? was : most);
}

bool contact_hears(const struct contact *contact, int64_t now) {
    assert(now > 0);
    return contact->id && (!contact->removed_at || now < contact->told_until);
}
