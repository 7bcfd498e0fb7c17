#include "rules/refusal.h"

#include <assert.h>
#include <string.h>

#include "base/words.h"

/* Codes are never renamed and never reused: integrators and journals hold them. */
static const struct refusal_about table[REFUSAL_COUNT] = {
    [ACCEPTED] = {"accepted", 200, N_("Done"), N_("That was done.")},
    [REFUSED_INPUT] =
        {"input_invalid", 422, N_("Check what you entered"),
         N_("Something is missing or is not in the form that we can take. Correct what is "
            "marked and send it again.")},
    [REFUSED_KEY_MISSING] =
        {"key_missing", 400, N_("The idempotency key is missing"),
         N_("Every command needs a key of its own, so that it is never done twice. Send it "
            "again with an Idempotency-Key.")},
    [REFUSED_KEY_REUSED] =
        {"key_reused", 422, N_("This key was used for something else"),
         N_("The same key came before with other data, so nothing was done now. Use a new "
            "key for a new command.")},
    [REFUSED_FORM] = {"form_invalid", 403, N_("This form can no longer be used"),
                      N_("The page was open for too long or came from elsewhere, and nothing was "
                         "changed. Go back, load the page again and send the form once more.")},
    [REFUSED_TOO_LARGE] =
        {"too_large", 413, N_("That is too large"),
         N_("What was sent is larger than we take, and nothing of it was kept. Send less, "
            "or a smaller file.")},
    [REFUSED_NOT_FOUND] =
        {"not_found", 404, N_("We cannot find that"),
         N_("There is nothing here that you can see with what you gave. Check for a typing "
            "mistake; if it should be there, call the hotline or go to a counter.")},
    [REFUSED_METHOD] =
        {"method_not_allowed", 405, N_("It cannot be asked for in this way"),
         N_("This address does not take that kind of request. Use one of those that the "
            "answer names.")},
    [REFUSED_BUSY] =
        {"busy", 503, N_("We cannot take this at the moment"),
         N_("Please try again in a minute. However often you send the same, it is done once "
            "only.")},
    [REFUSED_ERASED] =
        {"erased", 410, N_("The answer has been erased"),
         N_("This was done before, but what it answered has since been erased as the rules "
            "ask. It is not done a second time.")},
    [REFUSED_NOT_SIGNED_IN] =
        {"not_signed_in", 401, N_("Please sign in"),
         N_("This needs you to be signed in, and you are not, or no longer. Sign in and go "
            "on from here.")},
    [REFUSED_NOT_ALLOWED] =
        {"not_allowed", 403, N_("You may not do this"),
         N_("Your role or key does not include this. Ask the person who gives out the "
            "rights.")},
    [REFUSED_STEP_UP] =
        {"step_up_required", 403, N_("Please give your password again"),
         N_("This step matters, so we make sure that it is still you. Give your password "
            "again and you go on where you were.")},
    [REFUSED_PROOF] =
        {"proof_required", 403, N_("We need more proof that it is you"),
         N_("What you gave is not enough here, for instance because the SIM was changed a "
            "short while ago. Have the confirmation sent to a contact registered earlier, "
            "or come to a counter with your identity document: the counter is always open "
            "to you.")},
    [REFUSED_SIGN_IN] =
        {"sign_in_failed", 401, N_("E-mail and password do not fit together"),
         N_("We could not sign you in with these. Check both and try again. If the password is "
            "forgotten, you can set a new one: it takes your e-mail and your ID number.")},
    [REFUSED_TOO_MANY] =
        {"too_many_attempts", 429, N_("Too many attempts"),
         N_("To protect you this way is shut for a while. Wait and try again later, or "
            "come to a counter with your identity document: the counter stays open to you.")},
    [REFUSED_CODE_WRONG] =
        {"code_wrong", 422, N_("The code is not right"),
         N_("This is not the code that we sent last. Take the newest message and type its "
            "eight digits, or ask for a new code.")},
    [REFUSED_CODE_EXPIRED] =
        {"code_expired", 410, N_("The code or link has expired"),
         N_("Codes and links are good for a short time only. Ask for a new one.")},
    [REFUSED_CODE_USED] =
        {"code_used", 409, N_("This was confirmed already"),
         N_("The code or link has done its work and is not needed again. Look at the "
            "status to see what happens next.")},
    [REFUSED_RESEND_LIMIT] =
        {"resend_limit", 429, N_("We cannot send it again"),
         N_("It was sent as often as we may. Look in your messages and in the spam folder; "
            "if nothing came, call the hotline or go to a counter.")},
    [REFUSED_DOCUMENT_FORM] =
        {"document_form", 422, N_("Check the document number"),
         N_("A number of this kind has another length or other characters. Copy it from "
            "the document, letter by letter.")},
    [REFUSED_DOCUMENT_CHECK] =
        {"document_check_digit", 422, N_("Check the document number: the last digit does not fit"),
         N_("There is a typing mistake in it somewhere. Compare it with your document, the "
            "digit in brackets too.")},
    [REFUSED_DOCUMENT_TYPE] =
        {
            "document_type", 422, N_("This document is not accepted"),
            N_("By law it does not prove an identity for a SIM registration. Use the document "
               "that you registered with, such as your Hong Kong identity card.")},
    [REFUSED_IDENTITY] =
        {
            "identity_mismatch", 403, N_("This does not match the registration"),
            N_("The document you gave is not the one that counts for this line: the registered "
               "person's own; for someone under 16 that of the adult; for a company that of its "
               "responsible person. Check it, or come to a counter with it.")},
    [REFUSED_CONTACT_YOUNG] =
        {"contact_too_new", 409, N_("This contact was added too recently"),
         N_(
             "To protect you, a new contact gets copies only. Choose the line itself or a "
             "contact registered earlier, or come to a counter.")},
    [REFUSED_PASSWORD_WEAK] =
        {
            "password_weak", 422, N_("Choose another password"),
            N_("This one is too short or too easy to guess. Several words in a row make a "
               "good one.")},
    [REFUSED_EMAIL_FORM] =
        {"email_form", 422, N_("Check the e-mail address"),
         N_("This is not an address that we can write to. It looks like name@example.com.")},
    [REFUSED_NUMBER_FORM] =
        {
            "number_form", 422, N_("Check the telephone number"),
            N_("This is not a number of the form that we know. Type it with its country code, "
               "or as it is dialled here.")},
    [REFUSED_LINE_CLOSED] =
        {
            "line_closed", 409, N_("This line is closed"),
            N_("It was closed before and cannot be used any more. With the closure's "
               "reference you can see what became of it.")},
    [REFUSED_LINE_CLOSING] =
        {
            "line_closing", 409, N_("This line is being closed already"),
            N_("A closure is open for it, and what becomes of the credit is chosen with it. Look "
               "at its status, or withdraw it first.")},
    [REFUSED_CLOSURE_STATE] =
        {
            "closure_state", 409, N_("That cannot be done now"),
            N_("The closure has moved on and this step does not belong to where it is. Look "
               "at its status to see what can be done.")},
    [REFUSED_TOO_LATE] =
        {
            "too_late", 409, N_("It is too late to call it off"),
            N_("The line is being cut in the network or is closed. While the number is held "
               "back, ask the hotline or a counter whether you can have it back.")},
    [REFUSED_NUMBER_QUARANTINED] =
        {
            "number_quarantined", 409, N_("This number is resting"),
            N_("It was closed a while ago and may not be given out yet. Take another number, "
               "or wait until it is released.")},
    [REFUSED_NUMBER_TAKEN] =
        {"number_taken", 409, N_("This number is in use"),
         N_("Another line has it now. Check the number, or close that line first.")},
    [REFUSED_NUMBER_RANGE] =
        {
            "number_range", 422, N_("This number is not one of ours"),
            N_("It lies outside the operator's number blocks. Check the number, or the blocks "
               "in the policy.")},
    [REFUSED_SIM_USED] =
        {"sim_used", 409, N_("This SIM was issued before"),
         N_("A SIM is issued once and never again. Take another card and check its ICCID.")},
    [REFUSED_CAP] =
        {"cap_reached", 409, N_("No more lines can be registered"),
         N_("This person or company has as many lines as the rules allow. Close one first.")},
    [REFUSED_POLICY] =
        {
            "policy_invalid", 422, N_("The policy breaks a rule"),
            N_("Nothing was loaded; the policy in force stays. Correct the fields that are "
               "named and load it again.")},
    [REFUSED_EFFECT_STATE] =
        {
            "effect_state", 409, N_("This effect cannot be tried again"),
            N_("Only one that failed for good is for a person to retry. Look at its state and "
               "its last cause.")},
    [REFUSED_EVIDENCE] =
        {
            "evidence_missing", 422, N_("Evidence is missing"),
            N_("Work in the network counts as done only with what was seen there. Write down "
               "what you did and what you read back.")},
    [REFUSED_DEMO_ONLY] =
        {
            "demo_only", 403, N_("This exists in a demo only"),
            N_("This installation is a real one, so it has no demo inbox and no demo data. "
               "Make a demo installation to try it.")},
    [REFUSED_UNCHANGED] =
        {
            "unchanged", 409, N_("It is like that already"),
            N_("There was nothing to change, and nothing was changed. You need not do "
               "anything more.")},
    [REFUSED_AMOUNT] =
        {
            "amount_invalid", 422, N_("Check the amount"),
            N_("The amount is below zero, too large, or more than is there. Nothing was "
               "moved; correct it and send it again.")},
    [REFUSED_KIND_DIFFERS] =
        {"kind_differs", 409, N_("This document is registered as another kind"),
         N_(
             "It is registered already, as a person where the row says a company or the other way "
             "round. Check the document number.")},
    [REFUSED_NAME_DIFFERS] =
        {
            "name_differs", 409, N_("This document is registered with another name"),
            N_("It is registered already, with another name in Latin letters. Check the document "
               "number and the name; nothing was changed.")},
    [REFUSED_NAME_ZH_DIFFERS] =
        {"name_chinese_differs", 409, N_("This document is registered with another Chinese name"),
         N_(
             "It is registered already, with another Chinese name or with none. Check the document "
             "number and the name; nothing was changed.")},
    [REFUSED_BIRTH_DIFFERS] =
        {"birth_differs", 409, N_("This document is registered with another date of birth"),
         N_(
             "It is registered already, with another date of birth. Check the document number and "
             "the date; nothing was changed.")},
    [REFUSED_POLICY_CONFLICT] =
        {
            "policy_conflict", 409, N_("Another operator has this host name or number block"),
            N_("A host name or a number of this policy belongs to another operator of this "
               "installation, now or from a date to come. Nothing was loaded.")},
    [REFUSED_EVIDENCE_PERSONAL] =
        {"evidence_personal", 422, N_("Leave numbers and addresses out of the evidence"),
         N_(
             "It is kept in clear. Write down what was done and seen without e-mail addresses and "
             "without six or more digits in a row.")},
    [REFUSED_RESET_NEW] =
        {
            "password_reset_recent", 403, N_("The password was set anew a short while ago"),
            N_("To protect you, the confirmation cannot go to an e-mail address for some days "
               "after a "
               "forgotten password was set anew. Have it sent to the line itself, or come to a "
               "counter with your identity document: the counter is always open to you.")},
    [REFUSED_SECOND_PERSON] =
        {"second_person", 422, N_("Check the second person on the registration"),
         N_(
             "For a person under 16 it is an endorsing adult, for a company a responsible person: "
             "18 or older, with name, date of birth and a document of their own.")},
    [REFUSED_DOCUMENT_UNASKED] = {"document_not_asked", 409, N_("No document is needed here"),
                                  N_("This closure does not ask for a document, or your identity "
                                     "has been accepted already. "
                                     "Look at its status to see what happens next.")},
    [REFUSED_DOCUMENT_WAITING] =
        {"document_waiting", 409, N_("Your document is being looked at"),
         N_(
             "One is with us already, and nothing has to be sent now. We tell you as soon as it is "
             "decided; if it cannot be used, you can send another one then.")},
    [REFUSED_DOCUMENT_LIMIT] =
        {
            "document_limit", 409, N_("No more documents can be sent"),
            N_("As many as we take for one closure have come, and none of them could be used. Come "
               "to "
               "a counter with the original: the counter is always open to you.")},
    [REFUSED_DOCUMENT_MISSING] =
        {
            "document_missing", 409, N_("No document waits to be decided on"),
            N_("None has come yet, or somebody has decided on it already. Look at the closure, or "
               "accept the original when the person is there with it.")},
    [REFUSED_DOCUMENT_OTHER] =
        {"document_other", 409, N_("Look at the document that waits now"),
         N_(
             "It is not the one that you named, or you named none: another may have come since you "
             "looked. Look at it, and name it when you decide.")},
    [REFUSED_REASON] =
        {"reason_unknown", 422, N_("Choose one of the reasons"),
         N_(
             "The person is told why in words that are written for each reason. Take the one that "
             "fits best of those that the help of this command lists.")},
    [REFUSED_CONTACTS_FULL] =
        {"contacts_full", 409, N_("This line has as many contacts as it can have"),
         N_("Nothing was changed. Remove a contact that you no longer use, then add the new one.")},
    [REFUSED_LINE_SUSPENDED] =
        {
            "line_suspended", 409, N_("This line is suspended"),
            N_("It is suspended, or about to be. Look at the line to see until when, and how to "
               "reactivate it.")},
    [REFUSED_NOT_SUSPENDED] =
        {"not_suspended", 409, N_("This line is not suspended"),
         N_(
             "There is nothing to reactivate, and nothing was changed. If the line does not work, "
             "call the hotline.")},
    [REFUSED_LINE_EXPIRED] =
        {
            "line_expired", 409, N_("The validity of this line has ended"),
            N_("A line that has expired cannot be suspended. You can close it, or ask the hotline "
               "what else can be done.")},
    [REFUSED_FEE] =
        {
            "fee_changed", 409, N_("The fee is another one now"),
            N_("It changed since it was shown to you. Nothing was done and nothing was taken: look "
               "at the new fee, then decide.")},
    [REFUSED_ROUTE_SUSPENDED] =
        {
            "route_suspended", 409, N_("No message reaches a suspended line"),
            N_("A code sent to it would not arrive. Choose a registered e-mail address, reactivate "
               "the line first, or come to a counter.")},
    [REFUSED_AMOUNT_FORM] =
        {
            "amount_form", 422, N_("That is no amount"),
            N_("Write the amount with a point and at most as many decimals as the currency has, "
               "such as 12.50. Nothing was moved.")},
    [REFUSED_CURRENCY] =
        {"currency_other", 422, N_("It is in another currency"),
         N_("This operator keeps credit in one currency only, and that is not it. Nothing was "
            "booked.")},
    [REFUSED_CREDIT_SHORT] =
        {
            "credit_short", 409, N_("There is not so much credit"),
            N_("It is more than there is at the moment, and nothing was moved. Look at the "
               "credit, then choose a smaller amount.")},
    [REFUSED_NUMBERS_DIFFER] =
        {
            "numbers_differ", 422, N_("The two numbers are not the same"),
            N_("Type the number once more in both fields: what goes to a wrong number cannot be "
               "called back.")},
    [REFUSED_TRANSFER_TARGET] =
        {
            "transfer_target", 409, N_("No credit can go to that number"),
            N_("It is no line of this operator that can take credit now. Check the number; "
               "nothing was moved.")},
    [REFUSED_TRANSFER_SELF] =
        {"transfer_self", 422, N_("That is the same line"),
         N_("Credit can only go to another line. Choose another one; nothing was moved.")},
    [REFUSED_TRANSFER_LIMIT] =
        {
            "transfer_limit", 409, N_("It is outside of what may be transferred"),
            N_("The page says how little and how much may go at once, how often and how much in "
               "a day. Nothing was moved.")},
    [REFUSED_TRANSFER_COOLING] =
        {
            "transfer_cooling", 409, N_("Credit cannot be transferred yet"),
            N_("After a transfer and after a change of SIM or contact there is a waiting time, "
               "so that nobody else empties your line. Try again later; the credit stays where "
               "it is.")},
    [REFUSED_TRANSFER_OFF] = {"transfer_off", 409, N_("This operator does not transfer credit"),
                              N_("Look at what else can become of it; nothing was moved.")},
    [REFUSED_REFUND_OFF] = {"refund_off", 409, N_("This operator does not refund this credit"),
                            N_("It stays yours all the same: look at what else can become of it.")},
    [REFUSED_REFUND_MINIMUM] =
        {
            "refund_minimum", 409, N_("It is too little for a refund"),
            N_("What can be refunded is below the smallest sum, or not more than the fee. It "
               "stays yours: look at what else can become of it.")},
    [REFUSED_REFUND_WAY] =
        {
            "refund_way", 409, N_("It cannot be paid in this way"),
            N_("This way is not offered here, or does not go with this registration. Choose "
               "another one of the list.")},
    [REFUSED_PAYEE_FORM] =
        {
            "payee_form", 422, N_("Check where it is to be paid"),
            N_("The number is not in the form of this way of paying: look at the example beside "
               "the field. A telephone number cannot be paid to, since it may be somebody else's "
               "soon.")},
    [REFUSED_PAYEE_NAME] =
        {
            "payee_name", 409, N_("The name is not the registered one"),
            N_("A refund is paid only to who the line is registered with. Write the name as it "
               "is registered, or come to a counter with your document.")},
    [REFUSED_PAYEE_VELOCITY] =
        {
            "payee_velocity", 409, N_("Too many refunds go there already"),
            N_("So many refunds to one payee in a short time are looked at first. Choose another "
               "way, or come to a counter with your document.")},
    [REFUSED_REFUND_STATE] =
        {
            "refund_state", 409, N_("The refund is not in a state for this"),
            N_("It has gone on since, or is not so far yet. Look at it again; nothing was "
               "changed.")},
    [REFUSED_REFUND_PROVIDER] =
        {"refund_with_provider", 409, N_("The payment provider has this refund"),
         N_(
             "It may still be paid there, so nobody pays it in another way now. When the provider "
             "cannot, or it is overdue, it becomes a work item; then note what became of it.")},
    [REFUSED_REFUND_WAITING] =
        {
            "refund_waiting", 409, N_("The waiting time of this payee is not over"),
            N_("Who is told of a change has time to object. Approve it when the time that the "
               "refund names has come.")},
    [REFUSED_SECOND_ACTOR] =
        {
            "second_actor", 409, N_("Somebody else has to approve it"),
            N_("Nobody approves what they asked for or approved before. Nothing was changed; ask "
               "a colleague.")},
    [REFUSED_CONSENT] =
        {
            "consent_amount", 409, N_("The amount is another one now"),
            N_("You agreed to leave one amount, and there is another one by now. Nothing was "
               "taken: look at the new amount, then decide.")},
    [REFUSED_LEAVE_OFF] =
        {
            "leave_off", 409, N_("This operator keeps no credit"),
            N_("It cannot be left here. If you choose nothing it stays yours, and you can claim "
               "it later.")},
    [REFUSED_CLAIM_OVER] =
        {
            "claim_over", 409, N_("There is nothing to claim"),
            N_("It was claimed, or the time to claim it is over, or there was none. The status "
               "page says what became of it.")},
    [REFUSED_CHARGE_DIFFERS] =
        {
            "transaction_reused", 409, N_("This transaction was told otherwise before"),
            N_("The same transaction came with another line, kind or amount, so nothing was "
               "booked now. Use a new one for a correction.")},
    [REFUSED_REFUND_REASON] =
        {"refund_reason", 422, N_("That is none of the reasons"),
         N_("Choose one of the reasons of the list: the person reads its sentence.")},
    [REFUSED_ORIGINAL] =
        {
            "original_unseen", 409, N_("The original document must be seen"),
            N_("Cash is handed over only to the registered person with the original document. "
               "Say that you saw it, or choose another way.")},
    [REFUSED_MANDATES_FULL] =
        {
            "mandates_full", 409, N_("This line has as many mandates as it can have"),
            N_("All of them have to be ended when the line is closed, so there is a limit. End one "
               "that is not used any more; nothing was changed.")},
    [REFUSED_BROKEN] =
        {
            "broken", 500, N_("Something is broken on our side"),
            N_("It is our fault, it was written down, and nothing was changed. Please try "
               "again later, or call the hotline.")},
};

const struct refusal_about *refusal_about(enum refusal refusal) {
    if ((unsigned)refusal >= REFUSAL_COUNT)
        refusal = REFUSED_BROKEN;
    assert(table[refusal].code);
    return &table[refusal];
}

enum refusal refusal_of(const char *code) {
    for (int i = 0; i < REFUSAL_COUNT; i++)
        if (strcmp(table[i].code, code) == 0)
            return (enum refusal)i;
    return REFUSAL_COUNT;
}
