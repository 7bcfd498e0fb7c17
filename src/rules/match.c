#include "rules/match.h"

#include <assert.h>

#include "base/secret.h"

enum refusal match_identity(const struct subscriber *subscriber, const char *type,
                            const char *number) {
    assert(subscriber && type && number);
    struct document given;
    enum identifier_result result = document_normalise(document_type_of(type), number, &given);
    if (result != IDENTIFIER_OK)
        return document_refusal(result);
    /* Both compared whatever the first says; nothing is known and nothing is erased match alike. */
    bool same_type = secret_equal(document_type_code(given.type), subscriber->document_type);
    bool same_number = secret_equal(given.number, subscriber->document);
    assert(given.number[0]);
    bool same = (subscriber->id != 0) & same_type & same_number;
    return same ? ACCEPTED : REFUSED_IDENTITY;
}
