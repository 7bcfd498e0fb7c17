/* policy.load: a new version of an operator's rules, and the operator itself when it is new.
 * What a policy may not say is refused here and nothing is loaded; a door that wants to show the
 * faults asks policy_read (rules/policy.h) for them. Versions are never changed or taken away. */
#ifndef RINGOFF_POLICY_COMMANDS_H
#define RINGOFF_POLICY_COMMANDS_H
#include "store/verb.h"

enum { OPERATORS = 64, POLICIES_AN_OPERATOR = 256 }; /* as many as the store reads at its start */

struct policy_load {
    char operator_code[CODE_SIZE];
    char text[POLICY_TEXT_SIZE]; /* the policy's JSON */
};

/* The actor's operator is the one of that code, or 0 when the code is new (root staff, the system).
 * result is the policy's id, subject the operator. */
extern const struct verb policy_load_verb;
#endif
