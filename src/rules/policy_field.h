/* The fields of a policy: where each stands in the JSON and in the struct, of what kind, and in
 * which bounds. Reading, checking and showing all walk this one table.
 * For the policy_*.c files only. */
#ifndef RINGOFF_POLICY_FIELD_H
#define RINGOFF_POLICY_FIELD_H
#include "rules/policy.h"

enum policy_kind {
    POLICY_GROUP,     /* an object that holds fields; has no place in the struct */
    POLICY_NUMBER,    /* int64_t, within minimum and maximum */
    POLICY_TIME,      /* int64_t milliseconds, RFC 3339 in the JSON */
    POLICY_SWITCH,    /* bool */
    POLICY_STRING,    /* char[size] */
    POLICY_CHOICE,    /* an enum, its words in `choices` in the order of its values */
    POLICY_WORDS,     /* char[LANGUAGE_COUNT][size], an object by language tag */
    POLICY_LANGUAGES, /* list of tags */
    POLICY_HOST_LIST, /* list of texts */
    POLICY_BLOCK_LIST /* list of {from, to} */
};

struct policy_field {
    const char *path; /* "closure.undo_window_minutes" */
    enum policy_kind kind;
    size_t offset, size;
    int64_t minimum, maximum;
    const char *why;     /* of a bound that is not plain sense, or NULL */
    const char *choices; /* separated by '|' */
    bool optional;
};

/* The table; a group stands before its fields. Static. */
const struct policy_field *policy_fields(size_t *count);
/* Adds one fault, printf-like; past POLICY_FAULTS it is left out, for the rest is bad anyway. Texts
 * are cut at a whole code point and freed of control characters, for they may quote the input. */
void policy_fault_add(struct policy_faults *faults, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The place of a field in a policy. */
void *policy_place(struct policy *policy, const struct policy_field *field);
const void *policy_place_of(const struct policy *policy, const struct policy_field *field);
/* The index of a word in "match|document", or -1. */
int policy_choice(const char *choices, const char *word);
#endif
