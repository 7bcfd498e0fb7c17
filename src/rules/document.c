#include "rules/document.h"

#include <assert.h>
#include <string.h>

#include "base/words.h"

static const char *const formats[FORMAT_COUNT] = {
    [FORMAT_NONE] = "", [FORMAT_JPEG] = "jpeg", [FORMAT_PNG] = "png", [FORMAT_PDF] = "pdf"};
static const char *const decisions[DECISION_COUNT] = {
    [DECISION_NONE] = "", [DECISION_ACCEPTED] = "accepted", [DECISION_REFUSED] = "refused"};
static const char *const ways[IDENTIFIED_COUNT] = {[IDENTIFIED_NOT] = "",
                                                   [IDENTIFIED_MATCH] = "match",
                                                   [IDENTIFIED_DOCUMENT] = "document",
                                                   [IDENTIFIED_ORIGINAL] = "original"};

static const struct {
    const char *code, *sentence;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {"", ""},
    [REASON_UNREADABLE] =
        {"unreadable", N_("We could not read it. Take the photo again in good light, hold the "
                          "camera still, and see that no finger or reflection covers anything.")},
    [REASON_CUT_OFF] =
        {"cut_off", N_("A part of the document is missing on the photo. Take it again so that all "
                       "four corners can be seen.")},
    [REASON_NO_DOCUMENT] =
        {"no_document", N_("We did not find an identity document in what you sent. Send a photo of "
                           "the document that the line is registered with.")},
    [REASON_OTHER_DOCUMENT] = {"other_document",
                               N_("It is another document than the one that the line is registered "
                                  "with. Send a photo of the document whose number you gave us.")},
    [REASON_EXPIRED] =
        {"expired", N_("The document is no longer valid. Send a photo of the one that replaced it, "
                       "or come to a counter with both.")},
    [REASON_NAME_DIFFERS] =
        {"name_differs", N_("The name on it is not the registered one. If your name has changed, "
                            "come to a counter with the document and with proof of the change.")},
    [REASON_SOMEBODY_ELSES] =
        {"somebody_elses", N_("It is the document of another person. Only the registered person "
                              "can close this line: send a photo of that person's document.")},
    [REASON_CHANGED] = {"changed",
                        N_("Something on the picture seems to have been changed or covered. Send a "
                           "photo of the document itself, as it is.")},
};

static const char *code_of(const char *const *codes, int count, int i) {
    assert(count > 0);
    return i >= 0 && i < count ? codes[i] : "";
}

const char *document_format_code(int format) {
    return code_of(formats, FORMAT_COUNT, format);
}

const char *document_decision_code(int decision) {
    return code_of(decisions, DECISION_COUNT, decision);
}

const char *identified_by_code(int by) {
    return code_of(ways, IDENTIFIED_COUNT, by);
}

const char *document_reason_code(int reason) {
    return reason > REASON_NONE && reason < REASON_COUNT ? reasons[reason].code : "";
}

const char *document_reason_sentence(int reason) {
    return reason > REASON_NONE && reason < REASON_COUNT ? reasons[reason].sentence : "";
}

enum document_reason document_reason_of(const char *code) {
    assert(code);
    for (int i = REASON_NONE + 1; i < REASON_COUNT; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return (enum document_reason)i;
    return REASON_NONE;
}
