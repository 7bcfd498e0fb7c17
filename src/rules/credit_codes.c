#include "rules/credit_codes.h"

#include <assert.h>
#include <string.h>

/* 0 is none in each of them. */
static const char *const ways[REFUND_WAY_COUNT] = {
    "",
    [WAY_HKID_PROXY] = "hkid_proxy",
    [WAY_FPS_ID] = "fps_id",
    [WAY_BANK] = "bank",
    [WAY_ORIGINAL] = "original",
    [WAY_ABROAD] = "abroad",
    [WAY_CASH] = "cash",
};
static const char *const movements[MOVEMENT_COUNT] = {
    "",
    [MOVED_OPENING] = "opening",
    [MOVED_TOP_UP] = "top_up",
    [MOVED_GRANT] = "grant",
    [MOVED_SPENT] = "spent",
    [MOVED_SUSPENSION_FEE] = "suspension_fee",
    [MOVED_TRANSFER] = "transfer",
    [MOVED_TRANSFER_FEE] = "transfer_fee",
    [MOVED_UNCLAIMED] = "unclaimed",
    [MOVED_ENDED] = "ended",
    [MOVED_REFUND] = "refund",
    [MOVED_REFUND_FEE] = "refund_fee",
    [MOVED_APPROVED] = "approved",
    [MOVED_PAID_OUT] = "paid_out",
    [MOVED_RETURNED] = "returned",
    [MOVED_REJECTED] = "rejected",
    [MOVED_LEFT] = "left",
    [MOVED_LAPSED] = "lapsed",
    [MOVED_LATE_DEBIT] = "late_debit",
};
static const char *const states[REFUND_STATE_COUNT] = {
    "",
    [REFUND_REQUESTED] = "requested",
    [REFUND_APPROVED] = "approved",
    [REFUND_FILED] = "filed",
    [REFUND_ACCEPTED] = "accepted",
    [REFUND_RETURNED] = "returned",
    [REFUND_PAID] = "paid",
    [REFUND_REJECTED] = "rejected",
};
static const char *const reasons[REFUND_REASON_COUNT] = {
    [UNPAID_NONE] = "",
    [UNPAID_NOT_REGISTERED] = "not_registered",
    [UNPAID_NAME] = "name",
    [UNPAID_ACCOUNT] = "account",
    [UNPAID_PROVIDER] = "provider",
    [UNPAID_BANK] = "bank",
    [UNPAID_FRAUD] = "fraud",
};
static const char *const kinds[CHARGE_KIND_COUNT] = {
    "", [CHARGE_TOP_UP] = "top_up", [CHARGE_SPENT] = "spent", [CHARGE_GRANT] = "grant"};
static const char *const channels[CHANNEL_COUNT] = {
    "", [CHANNEL_VOUCHER] = "voucher", [CHANNEL_COUNTER] = "counter", [CHANNEL_ONLINE] = "online",
    [CHANNEL_AUTO] = "auto"};
static const char *const choices[CHOICE_COUNT] = {[CHOICE_NONE] = "",
                                                  [CHOICE_REFUND] = "refund",
                                                  [CHOICE_TRANSFER] = "transfer",
                                                  [CHOICE_LEAVE] = "leave"};

static const char *code_of(const char *const *codes, int64_t count, int64_t value) {
    assert(codes && count > 1);
    return value > 0 && value < count ? codes[value] : "";
}

static int64_t value_of(const char *const *codes, int64_t count, const char *code) {
    assert(codes && code);
    for (int64_t i = 1; i < count; i++)
        if (strcmp(codes[i], code) == 0)
            return i;
    return 0;
}

const char *refund_way_code(int64_t way) {
    return code_of(ways, REFUND_WAY_COUNT, way);
}

const char *movement_code(int64_t movement) {
    return code_of(movements, MOVEMENT_COUNT, movement);
}

const char *refund_state_code(int64_t state) {
    return code_of(states, REFUND_STATE_COUNT, state);
}

const char *refund_reason_code(int64_t reason) {
    return code_of(reasons, REFUND_REASON_COUNT, reason);
}

const char *charge_kind_code(int64_t kind) {
    return code_of(kinds, CHARGE_KIND_COUNT, kind);
}

const char *channel_code(int64_t channel) {
    return code_of(channels, CHANNEL_COUNT, channel);
}

const char *choice_code(int64_t choice) {
    return code_of(choices, CHOICE_COUNT, choice);
}

int64_t refund_way_of_code(const char *code) {
    return value_of(ways, REFUND_WAY_COUNT, code);
}

int64_t refund_state_of_code(const char *code) {
    return value_of(states, REFUND_STATE_COUNT, code);
}

int64_t refund_reason_of_code(const char *code) {
    return value_of(reasons, REFUND_REASON_COUNT, code);
}

int64_t charge_kind_of_code(const char *code) {
    return value_of(kinds, CHARGE_KIND_COUNT, code);
}

int64_t channel_of_code(const char *code) {
    return value_of(channels, CHANNEL_COUNT, code);
}

int64_t choice_of_code(const char *code) {
    return value_of(choices, CHOICE_COUNT, code);
}
