#include "views/becomes.h"

enum part { PART_REFUND = 1, PART_TRANSFER, PART_FEE, PART_LEFT, PART_UNCLAIMED, PART_ENDS };
static const char *const parts_codes[] = {NULL,   "refund",    "transfer", "fee",
                                          "left", "unclaimed", "ends",     view_values_end};
static const char *const way_rules[REFUND_WAY_COUNT] = {
    [WAY_HKID_PROXY] = "refund.ways.hkid_proxy",
    [WAY_FPS_ID] = "refund.ways.fps_id",
    [WAY_BANK] = "refund.ways.bank",
    [WAY_ORIGINAL] = "refund.ways.original",
    [WAY_ABROAD] = "refund.ways.abroad",
    [WAY_CASH] = "refund.ways.cash",
};

const struct view_field becomes_fields[] = {
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, part_view, part),
     .help = "of paid credit: refund, transfer, fee (of either), left to the operator, unclaimed; "
             "of promotional credit: ends",
     .values = parts_codes},
    {VIEW(VIEW_INT, VIEW_PUBLIC, part_view, amount_minor), .help = "how much, minor units"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, part_view, rule),
     .help = "the rule of the policy that says so, by its name there"},
    VIEW_END,
};

static void add(struct part_view parts[BECOMES], size_t *count, enum part part, int64_t amount,
                const char *rule) {
    if (amount)
        parts[(*count)++] = (struct part_view){part, amount, rule};
}

size_t becomes_fill(const struct settled *money, enum refund_way way,
                    struct part_view parts[BECOMES]) {
    size_t count = 0;
    bool refund = money->refund_minor != 0;
    const char *fee = !refund             ? "transfer.fee_minor"
                      : way == WAY_ABROAD ? "refund.abroad_fee_minor"
                                          : "refund.fee_minor";
    add(parts, &count, PART_REFUND, money->refund_minor, way_rules[way]);
    add(parts, &count, PART_TRANSFER, money->transfer_minor, "transfer.offered");
    add(parts, &count, PART_FEE, money->fee_minor, fee);
    add(parts, &count, PART_LEFT, money->left_minor, "credit.leave");
    add(parts, &count, PART_UNCLAIMED, money->unclaimed_minor, "credit.unclaimed_claim_months");
    add(parts, &count, PART_ENDS, money->promotional_minor, "credit.promotional");
    return count;
}
