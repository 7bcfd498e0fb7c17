#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/proof.h"
#include "rules_kit.h"

static const struct account nobody = {.id = 0};
static const struct suspension unsuspended = {.id = 0};

enum {
    OWN = PROOF_SESSION | PROOF_LINKED,
    OWN_NOW = OWN | PROOF_STEP_UP,
    /* Without the SIM: always with the document, whatever the policy. */
    CLAIM_NOW = PROOF_SESSION | PROOF_CLAIMED | PROOF_STEP_UP | PROOF_IDENTITY | PROOF_DOCUMENT,
};

struct wanted {
    enum proof_verb verb;
    uint32_t first, other;
};

static void check_all(const struct line *line, const struct policy *policy,
                      const struct wanted *wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct proof proof = proof_required(line, wanted[i].verb, policy, KIT_NOW);
        if (proof.first != wanted[i].first || proof.other != wanted[i].other)
            fail_msg("verb %d asks %x or %x", wanted[i].verb, proof.first, proof.other);
    }
}

static void test_usual(void **state) {
    (void)state;
    static const struct wanted wanted[] = {
        {PROVE_SEE_LINE, OWN, 0},
        {PROVE_CLOSE, OWN_NOW | PROOF_IDENTITY, CLAIM_NOW},
        {PROVE_CONFIRM, PROOF_CONFIRMATION, 0},
        {PROVE_WITHDRAW, OWN, PROOF_CONFIRMATION},
        {PROVE_ADD_CONTACT, OWN_NOW | PROOF_IDENTITY | PROOF_CONFIRMATION, 0},
        {PROVE_REMOVE_CONTACT, OWN_NOW | PROOF_IDENTITY | PROOF_CONFIRMATION, 0},
        {PROVE_SUSPEND, OWN, 0},
        {PROVE_REACTIVATE, OWN_NOW | PROOF_IDENTITY, 0},
        {PROVE_SEE_STATUS, PROOF_STATUS_SECRET, OWN},
        {PROVE_RENEW_SECRET, OWN_NOW, 0},
        {PROVE_OPEN_STATUS, PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL, 0},
        {PROVE_RESET_PASSWORD, PROOF_CONFIRMATION | PROOF_IDENTITY, 0},
        {PROVE_TRANSFER, OWN_NOW, 0},
        {PROVE_CHOOSE_CREDIT, OWN_NOW, 0},
        {PROVE_CLAIM_CREDIT, OWN_NOW | PROOF_IDENTITY, PROOF_STATUS_SECRET | PROOF_IDENTITY},
        {PROVE_SEE_REFUND, PROOF_STATUS_SECRET, OWN},
        {PROVE_CORRECT_PAYEE, OWN_NOW | PROOF_IDENTITY, PROOF_STATUS_SECRET | PROOF_IDENTITY},
        {PROVE_COUNT, OWN_NOW | PROOF_IDENTITY | PROOF_CONFIRMATION, 0},
    };
    struct line line = kit_line();
    struct policy policy = kit_policy();
    check_all(&line, &policy, wanted, sizeof wanted / sizeof *wanted);
    policy.identity = IDENTITY_DOCUMENT;
    static const struct wanted document[] = {
        {PROVE_CLOSE, OWN_NOW | PROOF_IDENTITY | PROOF_DOCUMENT, CLAIM_NOW}};
    check_all(&line, &policy, document, 1);
}

static void test_new_sim_raises(void **state) {
    (void)state;
    static const struct wanted wanted[] = {
        {PROVE_SEE_LINE, OWN, 0},
        {PROVE_CLOSE, OWN_NOW | PROOF_IDENTITY | PROOF_SECOND_CHANNEL, CLAIM_NOW},
        {PROVE_CONFIRM, PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL, 0},
        {PROVE_WITHDRAW, OWN_NOW, PROOF_CONFIRMATION},
        {PROVE_ADD_CONTACT, OWN_NOW | PROOF_IDENTITY | PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL,
         0},
        {PROVE_REMOVE_CONTACT, OWN_NOW | PROOF_IDENTITY | PROOF_CONFIRMATION | PROOF_SECOND_CHANNEL,
         0},
        {PROVE_SUSPEND, OWN_NOW, 0},
        {PROVE_REACTIVATE, OWN_NOW | PROOF_IDENTITY, 0},
        {PROVE_SEE_STATUS, PROOF_STATUS_SECRET, OWN},
        {PROVE_RESET_PASSWORD, PROOF_CONFIRMATION | PROOF_IDENTITY, 0}, /* never to the line */
    };
    struct line line = kit_line();
    struct policy policy = kit_policy();
    line.sim_since = KIT_NOW - 7 * DAY + 1;
    check_all(&line, &policy, wanted, sizeof wanted / sizeof *wanted);
}

static void test_new_contact_raises(void **state) {
    (void)state;
    static const struct wanted wanted[] = {
        {PROVE_CLOSE, OWN_NOW | PROOF_IDENTITY,
         CLAIM_NOW}, /* the young contact itself may not confirm */
        {PROVE_CONFIRM, PROOF_CONFIRMATION, 0},
        {PROVE_WITHDRAW, OWN_NOW, PROOF_CONFIRMATION},
        {PROVE_SUSPEND, OWN_NOW, 0},
        {PROVE_REACTIVATE, OWN_NOW | PROOF_IDENTITY, 0},
    };
    struct line line = kit_line();
    struct policy policy = kit_policy();
    line.contact_changed_at = KIT_NOW - 1;
    check_all(&line, &policy, wanted, sizeof wanted / sizeof *wanted);
}

static void test_how_long_new_is(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    line.sim_since = KIT_NOW - 7 * DAY;
    assert_false(proof_sim_is_new(&line, &policy, KIT_NOW));
    assert_true(proof_sim_is_new(&line, &policy, KIT_NOW - 1));
    line.sim_since = KIT_NOW + DAY; /* the clock stepped back: still new */
    assert_true(proof_sim_is_new(&line, &policy, KIT_NOW));
    line.contact_changed_at = KIT_NOW - 14 * DAY;
    assert_false(proof_contact_is_new(&line, &policy, KIT_NOW));
    assert_true(proof_contact_is_new(&line, &policy, KIT_NOW - 1));
    /* The first SIM and contact of a line bought yesterday are no change. */
    line.activated_at = line.sim_since = line.contact_changed_at = KIT_NOW - DAY;
    assert_false(proof_sim_is_new(&line, &policy, KIT_NOW));
    assert_false(proof_contact_is_new(&line, &policy, KIT_NOW));
}

static void test_check(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    struct proof close = proof_required(&line, PROVE_CLOSE, &policy, KIT_NOW);
    assert_int_equal(proof_check(close, 0), REFUSED_NOT_SIGNED_IN);
    assert_int_equal(proof_check(close, PROOF_SESSION), REFUSED_NOT_FOUND);
    assert_int_equal(proof_check(close, OWN), REFUSED_STEP_UP);
    /* Registering proves possession of a SIM and nothing else. */
    assert_int_equal(proof_check(close, OWN_NOW), REFUSED_PROOF);
    assert_int_equal(proof_check(close, OWN_NOW | PROOF_IDENTITY), ACCEPTED);
    struct proof status = proof_required(&line, PROVE_SEE_STATUS, &policy, KIT_NOW);
    assert_int_equal(proof_check(status, 0), REFUSED_NOT_FOUND);
    assert_int_equal(proof_check(status, PROOF_SESSION), REFUSED_NOT_FOUND);
    assert_int_equal(proof_check(status, OWN), ACCEPTED);
    assert_int_equal(proof_check(status, PROOF_STATUS_SECRET), ACCEPTED);
    struct proof withdraw = proof_required(&line, PROVE_WITHDRAW, &policy, KIT_NOW);
    assert_int_equal(proof_check(withdraw, PROOF_CONFIRMATION), ACCEPTED);
    assert_int_equal(proof_check(withdraw, OWN), ACCEPTED);
    assert_int_equal(proof_check(withdraw, PROOF_STATUS_SECRET), REFUSED_NOT_SIGNED_IN);
}

/* A line that is asked for without its SIM: one closure of it, and nothing else. */
static void test_claims(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    const uint32_t session = PROOF_SESSION | PROOF_CLAIMED;
    const struct closure own = {.id = 8, .account = 9}, none = {0}, others = {.id = 8};
    struct proof close = proof_required(&line, PROVE_CLOSE, &policy, KIT_NOW);
    assert_int_equal(proof_check(close, session), REFUSED_STEP_UP);
    assert_int_equal(proof_check(close, session | PROOF_STEP_UP), REFUSED_PROOF);
    assert_int_equal(proof_check(close, CLAIM_NOW & ~PROOF_DOCUMENT), REFUSED_PROOF);
    assert_int_equal(proof_check(close, CLAIM_NOW), ACCEPTED);
    for (int verb = PROVE_NOTHING + 1; verb < PROVE_COUNT; verb++) {
        struct proof proof = proof_required(&line, (enum proof_verb)verb, &policy, KIT_NOW);
        if (verb != PROVE_CLOSE && (proof.first & PROOF_LINKED))
            assert_int_equal(proof_check(proof, CLAIM_NOW), REFUSED_NOT_FOUND);
    }
    assert_int_equal(proof_of_claim(session, &own, 9), session | PROOF_LINKED);
    assert_int_equal(proof_of_claim(session, &own, 10), session);
    assert_int_equal(proof_of_claim(session, &none, 9), session);
    assert_int_equal(proof_of_claim(session, &others, 0), session); /* an integrator's */
    assert_int_equal(proof_of_claim(PROOF_SESSION, &own, 9), PROOF_SESSION);
}

static void test_where_a_claim_is_confirmed(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    const struct contact contacts[] = {
        {0},
        {.id = 4,
         .operator= 3,
         .line = 11,
         .since = KIT_NOW - 14 * DAY,
         .address = "a@example.com"},
        {.id = 5, .operator= 3, .line = 11, .since = KIT_NOW - DAY, .address = "b@example.com"}};
    struct account account = {.id = 9, .email = "A@example.com"};
    struct account_line link = {.id = 2, .how = LINK_CONTACT};
    assert_ptr_equal(proof_without_sim(&line, contacts, 3, &account, &link, &policy, KIT_NOW),
                     &contacts[1]);
    assert_null(proof_without_sim(&line, contacts, 3, &account, &link, &policy, KIT_NOW - 1));
    link.how = LINK_CLAIMED; /* the code to it was never given back */
    assert_null(proof_without_sim(&line, contacts, 3, &account, &link, &policy, KIT_NOW));
    link.how = LINK_CONTACT;
    policy.without_sim = WITHOUT_SIM_COUNTER;
    assert_null(proof_without_sim(&line, contacts, 3, &account, &link, &policy, KIT_NOW));
    policy.without_sim = WITHOUT_SIM_CONTACT;
    account.reset_at = KIT_NOW - DAY; /* whoever reads the mailbox set the password anew */
    assert_null(proof_without_sim(&line, contacts, 3, &account, &link, &policy, KIT_NOW));
    assert_int_equal(proof_claimed_how(contacts, 3, "a@EXAMPLE.com", &policy, KIT_NOW),
                     LINK_CONTACT);
    assert_int_equal(proof_claimed_how(contacts, 3, "b@example.com", &policy, KIT_NOW),
                     LINK_CLAIMED);
    assert_int_equal(proof_claimed_how(contacts, 3, "c@example.com", &policy, KIT_NOW),
                     LINK_CLAIMED);
}

static void test_session(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    const struct session good = {
        .id = 1, .operator= 3, .account = 9, .ends_at = KIT_NOW + 1, .stepped_up_at = KIT_NOW};
    const struct account_line own = {.id = 2,
                                     .operator= 3,
                                     .account = 9,
                                     .line = 11,
                                     .proved_at = KIT_NOW - DAY,
                                     .how = LINK_SIM};
    const struct account_line none = {0};
    assert_int_equal(proof_of_session(&good, &own, &line, &policy, KIT_NOW), OWN_NOW);
    assert_int_equal(proof_of_session(&good, &none, &line, &policy, KIT_NOW),
                     PROOF_SESSION | PROOF_STEP_UP);
    for (int i = 0; i < 4; i++) {
        struct session session = good;
        session.id = i == 0 ? 0 : session.id;
        session.closed_at = i == 1 ? KIT_NOW : 0;
        session.ends_at = i == 2 ? KIT_NOW : session.ends_at;
        session.operator= i == 3 ? 4 : 3;
        assert_int_equal(proof_of_session(&session, &own, &line, &policy, KIT_NOW), 0);
    }
    for (int i = 0; i < 4; i++) {
        struct account_line link = own;
        link.proved_at = i == 0 ? 0 : link.proved_at;
        link.line = i == 1 ? 12 : 11; /* an earlier line of the same number */
        link.account = i == 2 ? 8 : 9;
        link.operator= i == 3 ? 4 : 3;
        assert_int_equal(proof_of_session(&good, &link, &line, &policy, KIT_NOW),
                         PROOF_SESSION | PROOF_STEP_UP);
    }
    for (int64_t how = 0; how <= LINK_CLAIMED; how++) { /* what is not known is no SIM */
        struct account_line link = own;
        link.how = how;
        assert_int_equal(proof_of_session(&good, &link, &line, &policy, KIT_NOW),
                         how == LINK_SIM ? OWN_NOW : PROOF_SESSION | PROOF_STEP_UP | PROOF_CLAIMED);
    }
    struct session session = good;
    session.stepped_up_at = 0;
    assert_int_equal(proof_of_session(&session, &own, &line, &policy, KIT_NOW), OWN);
    session.stepped_up_at = KIT_NOW - 10 * MINUTE;
    assert_int_equal(proof_of_session(&session, &own, &line, &policy, KIT_NOW), OWN);
    session.stepped_up_at++;
    assert_int_equal(proof_of_session(&session, &own, &line, &policy, KIT_NOW), OWN_NOW);
}

static void test_routes(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    const struct contact old = {.id = 4, .operator= 3, .line = 11, .since = KIT_NOW - 14 * DAY};
    struct contact contact = old;
    assert_int_equal(proof_route(&line, &unsuspended, NULL, &nobody, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(proof_route(&line, &unsuspended, &contact, &nobody, &policy, KIT_NOW),
                     ACCEPTED);
    assert_int_equal(proof_route(&line, &unsuspended, &contact, &nobody, &policy, KIT_NOW - 1),
                     REFUSED_CONTACT_YOUNG);
    contact.since = 0;
    assert_int_equal(proof_route(&line, &unsuspended, &contact, &nobody, &policy, KIT_NOW),
                     REFUSED_CONTACT_YOUNG);
    for (int i = 0; i < 4; i++) {
        contact = old;
        contact.id = i == 0 ? 0 : contact.id;
        contact.removed_at = i == 1 ? KIT_NOW : 0;
        contact.line = i == 2 ? 12 : contact.line;
        contact.operator= i == 3 ? 4 : 3;
        assert_int_equal(proof_route(&line, &unsuspended, &contact, &nobody, &policy, KIT_NOW),
                         REFUSED_NOT_FOUND);
        assert_int_equal(contact_may_confirm(&contact, &policy, KIT_NOW), i >= 2);
    }
    line.sim_since = KIT_NOW - DAY;
    assert_int_equal(proof_route(&line, &unsuspended, NULL, &nobody, &policy, KIT_NOW),
                     REFUSED_PROOF);
    assert_int_equal(proof_route(&line, &unsuspended, &old, &nobody, &policy, KIT_NOW), ACCEPTED);
}

/* Whoever reads the mailbox could have set the password: for as long as a contact is young, no
 * mailbox confirms. The line itself does, unless its SIM is new, too: then there is the counter. */
static void test_a_reset_closes_the_mailboxes(void **state) {
    (void)state;
    struct line line = kit_line();
    struct policy policy = kit_policy();
    const struct contact old = {.id = 4, .operator= 3, .line = 11, .since = KIT_NOW - 90 * DAY};
    struct contact young = old;
    struct account account = {.id = 7};
    young.since = KIT_NOW - DAY;
    assert_false(proof_reset_is_new(&account, &policy, KIT_NOW));
    account.reset_at = KIT_NOW - policy.contact_age_days * DAY + 1;
    assert_true(proof_reset_is_new(&account, &policy, KIT_NOW));
    assert_int_equal(proof_route(&line, &unsuspended, &old, &account, &policy, KIT_NOW),
                     REFUSED_RESET_NEW);
    assert_int_equal(proof_route(&line, &unsuspended, &young, &account, &policy, KIT_NOW),
                     REFUSED_CONTACT_YOUNG);
    assert_int_equal(proof_route(&line, &unsuspended, NULL, &account, &policy, KIT_NOW), ACCEPTED);
    assert_int_equal(proof_adding(&account, &policy, KIT_NOW), REFUSED_RESET_NEW);
    assert_int_equal(proof_adding(&nobody, &policy, KIT_NOW), ACCEPTED);
    line.sim_since = KIT_NOW - DAY;
    assert_int_equal(proof_route(&line, &unsuspended, NULL, &account, &policy, KIT_NOW),
                     REFUSED_PROOF);
    account.reset_at--;
    assert_false(proof_reset_is_new(&account, &policy, KIT_NOW));
    assert_int_equal(proof_route(&line, &unsuspended, &old, &account, &policy, KIT_NOW), ACCEPTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual),
        cmocka_unit_test(test_new_sim_raises),
        cmocka_unit_test(test_new_contact_raises),
        cmocka_unit_test(test_how_long_new_is),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_where_a_claim_is_confirmed),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_a_reset_closes_the_mailboxes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
