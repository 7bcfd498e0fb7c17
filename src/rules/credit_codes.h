/* The stable codes of what moves money: in the API, in forms, in files, in the journal. They are
 * never renamed and never reused; what people read is in the catalogue, by code. */
#ifndef RINGOFF_CREDIT_CODES_H
#define RINGOFF_CREDIT_CODES_H
#include "rules/row.h"

/* "hkid_proxy", "top_up", "requested", "not_registered", "top_up", "online", "refund"; "" for none
 * and out of range. Static. Each takes its enum of row.h, as rows keep it. */
const char *refund_way_code(int64_t way);
const char *movement_code(int64_t movement);
const char *refund_state_code(int64_t state);
const char *refund_reason_code(int64_t reason);
const char *charge_kind_code(int64_t kind);
const char *channel_code(int64_t channel);
const char *choice_code(int64_t choice);

/* The value of a code as it stands above, exactly; 0 (none) for any other text. */
int64_t refund_way_of_code(const char *code);
int64_t refund_state_of_code(const char *code);
int64_t refund_reason_of_code(const char *code);
int64_t charge_kind_of_code(const char *code);
int64_t channel_of_code(const char *code);
int64_t choice_of_code(const char *code);
#endif
