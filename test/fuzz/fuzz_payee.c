/* Any text as a payee, the fields apart by line ends: what is accepted is kept in one form, which
 * is accepted again and has the same key; a name fits itself. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rules/payee.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 6 };

static void read_again(const struct payee *once, const struct payee_whose *whose) {
    struct arena arena;
    struct payee again;
    char key[PAYEE_KEY_SIZE], other[PAYEE_KEY_SIZE];
    const struct payee_typed typed = {.way = once->way,
                                      .bank = once->bank,
                                      .branch = once->branch,
                                      .number = once->number,
                                      .bic = once->bic,
                                      .country = once->country,
                                      .name = once->name};
    assert(payee_read(&typed, whose, &again) == PAYEE_OK);
    payee_key(once, key);
    payee_key(&again, other);
    assert(strcmp(key, other) == 0 && (key[0] != '\0') == (once->number[0] != '\0'));
    assert(memcmp(&again, once, sizeof again) == 0);
    arena_open(&arena, 4096);
    const char *masked = payee_masked(&arena, once);
    assert(masked && (!once->number[0] || !strstr(masked, once->number)));
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[1200], *field[FIELDS], *rest = text;
    struct policy policy = {.country_code = "852", .national_digits = 8};
    struct registered registered = {.subscriber = {.id = 5, .kind = SUBSCRIBER_PERSON}};
    struct line line = {.id = 11, .operator= 3 };
    struct payee_whose whose = {&line, &registered, NULL, &policy, 1};
    if (size < 1 || size >= sizeof text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    for (size_t i = 0; i < FIELDS; i++) {
        field[i] = rest;
        rest += strcspn(rest, "\n");
        if (*rest)
            *rest++ = '\0';
    }
    for (int way = 0; way < REFUND_WAY_COUNT; way++)
        policy.refund_ways[way] = true;
    const struct payee_typed typed = {
        data[0] % REFUND_WAY_COUNT, field[0], field[1], field[2], field[3], field[4], field[5]};
    struct payee payee;
    snprintf(registered.subscriber.name, NAME_SIZE, "%s", field[5]);
    enum payee_fault fault = payee_read(&typed, &whose, &payee);
    if (fault == PAYEE_OK)
        read_again(&payee, &whose);
    else
        assert(!payee.way && payee_refusal(fault) != ACCEPTED && payee_fault_sentence(fault)[0]);
    snprintf(registered.subscriber.name, NAME_SIZE, "%s", field[0]);
    bool fits = payee_name_fits(field[5], &registered, &policy, 1);
    snprintf(registered.subscriber.name, NAME_SIZE, "%s", field[5]);
    assert(!fits || payee_name_fits(field[5], &registered, &policy, 1));
    return 0;
}
