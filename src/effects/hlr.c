#include "effects/hlr.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "effects/ctrl.h"

enum { VARIABLE = 64 };

enum found { FOUND, FOUND_NONE, FOUND_TROUBLE };

/* One conversation; trouble holds why it must end, once a step has answered false. */
struct talk {
    struct ctrl_link link;
    struct delivery trouble;
};

static bool talk_stop(struct talk *talk, struct delivery trouble) {
    talk->trouble = trouble;
    return false;
}

static bool talk_open(struct talk *talk, const struct hlr_settings *settings) {
    if (ctrl_open(&talk->link, settings->address, settings->port, clock_steady() + settings->limit))
        return true;
    return talk_stop(talk, delivery_of(RETRY, "osmo-hlr: %s", talk->link.cause));
}

static struct delivery talk_close(struct talk *talk, struct delivery delivery) {
    ctrl_close(&talk->link);
    return delivery;
}

/* These say that the question is wrong for this HLR; all else may pass by itself. */
static bool refusal_final(const char *text) {
    static const char *const final[] = {"Command not found", "Invalid IMSI value.",
                                        "Value failed verification.",
                                        "Invalid value part of 'by-xxx-value' selector.",
                                        "GET variable contains invalid characters"};
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        if (strcmp(text, final[i]) == 0)
            return true;
    return false;
}

/* The HLR's own words are quoted only if they can hold no number and no control character. */
static bool talk_trouble(struct talk *talk, const char *step, enum ctrl_answer answer) {
    if (answer == CTRL_BROKEN)
        return talk_stop(talk, delivery_of(RETRY, "osmo-hlr: %s: %s", step, talk->link.cause));
    const char *text = talk->link.value;
    bool quoted = delivery_plain(text, 60) && !strpbrk(text, "0123456789");
    return talk_stop(talk,
                     delivery_of(refusal_final(text) ? FAILED : RETRY, "osmo-hlr: %s: refused%s%s",
                                 step, quoted ? ": " : "", quoted ? text : ""));
}

static bool talk_set(struct talk *talk, const char *step, const char *variable, const char *value) {
    enum ctrl_answer answer = ctrl_ask(&talk->link, variable, value);
    return answer == CTRL_VALUE || talk_trouble(talk, step, answer);
}

static bool subscriber_set(struct talk *talk, const char *imsi, const char *what,
                           const char *value) {
    char variable[VARIABLE];
    snprintf(variable, sizeof variable, "subscriber.by-imsi-%s.%s", imsi, what);
    return talk_set(talk, what, variable, value);
}

static bool digits_copy(char to[16], const char *from) {
    size_t length = strnlen(from, 16);
    if (length == 0 || length > 15 || strspn(from, "0123456789") != length)
        return false;
    memcpy(to, from, length + 1);
    return true;
}

static bool flag_read(const char *text, bool *flag) {
    *flag = text[0] == '1';
    return (text[0] == '0' || text[0] == '1') && text[1] == '\0';
}

/* Reads "name TAB value" lines; names that are not needed are passed over. */
static bool info_read(char *text, struct hlr_subscriber *subscriber) {
    bool imsi = false, cs = false, ps = false, good = true;
    *subscriber = (struct hlr_subscriber){.known = true};
    for (char *line = text, *next; line && good; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *value = strchr(line, '\t');
        if (!value)
            continue;
        *value++ = '\0';
        if (strcmp(line, "imsi") == 0)
            good = imsi = digits_copy(subscriber->imsi, value);
        else if (strcmp(line, "msisdn") == 0)
            good = digits_copy(subscriber->msisdn, value);
        else if (strcmp(line, "nam_cs") == 0)
            good = cs = flag_read(value, &subscriber->cs_enabled);
        else if (strcmp(line, "nam_ps") == 0)
            good = ps = flag_read(value, &subscriber->ps_enabled);
    }
    return good && imsi && cs && ps;
}

/* by is "imsi" or "msisdn". Only the HLR's own "No such subscriber." counts as gone. */
static enum found subscriber_find(struct talk *talk, const char *by, const char *digits,
                                  struct hlr_subscriber *subscriber) {
    char variable[VARIABLE];
    snprintf(variable, sizeof variable, "subscriber.by-%s-%s.info", by, digits);
    *subscriber = (struct hlr_subscriber){0};
    enum ctrl_answer answer = ctrl_ask(&talk->link, variable, NULL);
    if (answer == CTRL_REFUSED && strcmp(talk->link.value, "No such subscriber.") == 0)
        return FOUND_NONE;
    if (answer != CTRL_VALUE) {
        talk_trouble(talk, "info", answer);
        return FOUND_TROUBLE;
    }
    bool good = info_read(talk->link.value, subscriber);
    const char *same = strcmp(by, "imsi") == 0 ? subscriber->imsi : subscriber->msisdn;
    if (good && strcmp(same, digits) == 0)
        return FOUND;
    *subscriber = (struct hlr_subscriber){0};
    talk_stop(talk, delivery_of(RETRY, "osmo-hlr: info: not what was asked for"));
    return FOUND_TROUBLE;
}

/* Both ends of the pair as the HLR has them now; refuses when they belong to different lines. */
static bool pair_find(struct talk *talk, const char *imsi, const char *msisdn,
                      struct hlr_subscriber *subscriber) {
    struct hlr_subscriber holder;
    enum found found = subscriber_find(talk, "msisdn", msisdn, &holder);
    if (found == FOUND_TROUBLE)
        return false;
    if (found == FOUND && strcmp(holder.imsi, imsi) != 0)
        return talk_stop(talk, delivery_of(FAILED, "osmo-hlr: the number has another IMSI there"));
    if (subscriber_find(talk, "imsi", imsi, subscriber) == FOUND_TROUBLE)
        return false;
    if (subscriber->msisdn[0] != '\0' && strcmp(subscriber->msisdn, msisdn) != 0)
        return talk_stop(talk, delivery_of(FAILED, "osmo-hlr: the IMSI has another number there"));
    return true;
}

/* Sets both domains and reads them back. */
static bool access_set(struct talk *talk, const char *imsi, bool enabled) {
    const char *value = enabled ? "1" : "0";
    struct hlr_subscriber after;
    if (!subscriber_set(talk, imsi, "cs-enabled", value) ||
        !subscriber_set(talk, imsi, "ps-enabled", value) ||
        subscriber_find(talk, "imsi", imsi, &after) == FOUND_TROUBLE)
        return false;
    if (after.known && after.cs_enabled == enabled && after.ps_enabled == enabled)
        return true;
    return talk_stop(talk, delivery_of(RETRY, "osmo-hlr: CS and PS read back unchanged"));
}

static bool subscriber_delete(struct talk *talk, const char *imsi) {
    enum ctrl_answer answer = ctrl_ask(&talk->link, "subscriber.delete", imsi);
    if (answer == CTRL_REFUSED && strcmp(talk->link.value, "Subscriber doesn't exist.") == 0)
        return true;
    return answer == CTRL_VALUE || talk_trouble(talk, "delete", answer);
}

static bool pair_gone(struct talk *talk, const char *imsi, const char *msisdn) {
    struct hlr_subscriber after;
    enum found by_imsi = subscriber_find(talk, "imsi", imsi, &after);
    if (by_imsi == FOUND_TROUBLE)
        return false;
    enum found by_msisdn = subscriber_find(talk, "msisdn", msisdn, &after);
    if (by_msisdn == FOUND_TROUBLE)
        return false;
    if (by_imsi == FOUND_NONE && by_msisdn == FOUND_NONE)
        return true;
    return talk_stop(talk, delivery_of(RETRY, "osmo-hlr: still there when read back"));
}

/* Refuses what may not go into a CTRL variable; *number is the number without its plus. */
static const char *input_fault(const struct hlr_settings *settings, const char *imsi,
                               const char *msisdn, const char **number) {
    char digits[16];
    if (!settings->address || settings->port == 0 || settings->limit <= 0)
        return "osmo-hlr: the settings are not complete";
    if (!imsi || !digits_copy(digits, imsi) || strlen(imsi) < 6)
        return "osmo-hlr: not an IMSI";
    if (number && !delivery_number(msisdn))
        return "osmo-hlr: not a number in E.164";
    if (number)
        *number = msisdn[0] == '+' ? msisdn + 1 : msisdn;
    return NULL;
}

struct delivery hlr_cut(const struct hlr_settings *settings, const char *imsi, const char *msisdn) {
    const char *number = NULL;
    const char *fault = input_fault(settings, imsi, msisdn, &number);
    if (fault)
        return delivery_of(FAILED, "%s", fault);
    struct talk talk;
    struct hlr_subscriber before;
    if (!talk_open(&talk, settings) || !pair_find(&talk, imsi, number, &before))
        return talk_close(&talk, talk.trouble);
    /* Barred before it is deleted: changing the access mode is what makes the HLR tell the serving
     * MSC and SGSN (Delete Subscriber Data); deleting the row alone tells nobody. */
    if (before.known &&
        (!access_set(&talk, imsi, false) || !subscriber_set(&talk, imsi, "msisdn", "none") ||
         !subscriber_delete(&talk, imsi)))
        return talk_close(&talk, talk.trouble);
    if (!pair_gone(&talk, imsi, number))
        return talk_close(&talk, talk.trouble);
    return talk_close(&talk, delivery_of(DELIVERED,
                                         "osmo-hlr: %s; read back by IMSI and by MSISDN: "
                                         "no such subscriber",
                                         before.known ? "CS and PS barred, MSISDN taken, deleted"
                                                      : "was already gone"));
}

static struct delivery access_change(const struct hlr_settings *settings, const char *imsi,
                                     bool enabled) {
    const char *fault = input_fault(settings, imsi, NULL, NULL);
    if (fault)
        return delivery_of(FAILED, "%s", fault);
    struct talk talk;
    struct hlr_subscriber before;
    if (!talk_open(&talk, settings) ||
        subscriber_find(&talk, "imsi", imsi, &before) == FOUND_TROUBLE)
        return talk_close(&talk, talk.trouble);
    if (!before.known)
        return talk_close(&talk, delivery_of(FAILED, "osmo-hlr: no such subscriber"));
    if (!access_set(&talk, imsi, enabled))
        return talk_close(&talk, talk.trouble);
    return talk_close(&talk, delivery_of(DELIVERED, "osmo-hlr: CS and PS %s, read back",
                                         enabled ? "enabled" : "barred"));
}

struct delivery hlr_bar(const struct hlr_settings *settings, const char *imsi) {
    return access_change(settings, imsi, false);
}

struct delivery hlr_unbar(const struct hlr_settings *settings, const char *imsi) {
    return access_change(settings, imsi, true);
}

struct delivery hlr_read(const struct hlr_settings *settings, const char *imsi,
                         struct hlr_subscriber *subscriber) {
    *subscriber = (struct hlr_subscriber){0};
    const char *fault = input_fault(settings, imsi, NULL, NULL);
    if (fault)
        return delivery_of(FAILED, "%s", fault);
    struct talk talk;
    if (!talk_open(&talk, settings) ||
        subscriber_find(&talk, "imsi", imsi, subscriber) == FOUND_TROUBLE)
        return talk_close(&talk, talk.trouble);
    return talk_close(&talk, delivery_of(DELIVERED, "osmo-hlr: read back by IMSI: %s",
                                         subscriber->known ? "known" : "no such subscriber"));
}

struct delivery hlr_create(const struct hlr_settings *settings, const char *imsi,
                           const char *msisdn) {
    const char *number = NULL;
    const char *fault = input_fault(settings, imsi, msisdn, &number);
    if (fault)
        return delivery_of(FAILED, "%s", fault);
    struct talk talk;
    struct hlr_subscriber before, after;
    if (!talk_open(&talk, settings) || !pair_find(&talk, imsi, number, &before))
        return talk_close(&talk, talk.trouble);
    if ((!before.known && !talk_set(&talk, "create", "subscriber.create", imsi)) ||
        !subscriber_set(&talk, imsi, "msisdn", number) ||
        subscriber_find(&talk, "imsi", imsi, &after) == FOUND_TROUBLE)
        return talk_close(&talk, talk.trouble);
    if (strcmp(after.msisdn, number) != 0)
        return talk_close(&talk, delivery_of(RETRY, "osmo-hlr: not there when read back"));
    return talk_close(&talk, delivery_of(DELIVERED, "osmo-hlr: created, read back by IMSI"));
}
