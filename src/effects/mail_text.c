#include "effects/mail.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/secret.h"
#include "base/text.h"

enum {
    WORD_BYTES = 39, /* in one encoded word: 52 characters of base64, with "Subject: " under 76 */
    LINE_BYTES = 57, /* in one line of the body: 76 characters */
    SUBJECT_BYTES = 200,
    NAME_BYTES = 120,
};

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool all_of(const char *text, size_t length, const char *others) {
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || !strchr(others, c)))
            return false;
    }
    return length > 0;
}

bool mail_address(const char *address) {
    if (!address)
        return false;
    size_t length = strnlen(address, 255);
    const char *at = memchr(address, '@', length);
    if (length > 254 || !at || at - address > 64)
        return false;
    size_t local = (size_t)(at - address), domain = length - local - 1;
    if (!all_of(address, local, ".!#$%&'*+/=?^_`{|}~-") || !all_of(at + 1, domain, ".-"))
        return false;
    return address[0] != '.' && address[0] != '-' && at[1] != '.' && at[1] != '-' &&
           address[length - 1] != '.' && !strstr(address, "..");
}

/* One line of UTF-8 without anything that could end a header. */
static bool header_safe(const char *text, size_t maximum) {
    if (!text)
        return false;
    size_t length = strnlen(text, maximum + 1), step;
    if (length == 0 || length > maximum)
        return false;
    for (size_t at = 0; at < length; at += step) {
        uint32_t point = 0;
        step = text_decode(text + at, length - at, &point);
        if (step == 0 || text_control(point))
            return false;
    }
    return true;
}

static void base64_add(struct buffer *message, const char *bytes, size_t length) {
    char encoded[4 * ((LINE_BYTES + 2) / 3) + 1];
    secret_base64_mime(bytes, length, encoded);
    buffer_text(message, encoded);
}

/* RFC 2047: encoded words that hold whole characters, one a line. */
static void words_add(struct buffer *message, const char *text) {
    size_t length = strlen(text), from = 0;
    while (from < length) {
        size_t to = from, step;
        uint32_t point;
        while (to < length && (step = text_decode(text + to, length - to, &point)) > 0 &&
               to + step - from <= WORD_BYTES)
            to += step;
        buffer_text(message, from ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        base64_add(message, text + from, to - from);
        buffer_text(message, "?=");
        if (to == from) { /* not reached: header_safe has decoded it all */
            message->full = true;
            return;
        }
        from = to;
    }
}

static void headers_add(const struct mail_settings *settings, const struct mail *mail,
                        struct buffer *message) {
    struct civil day = civil_of(mail->at, 0);
    buffer_format(message, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[day.weekday],
                  day.day, months[day.month - 1], day.year, day.hour, day.minute, day.second);
    buffer_format(message, "Message-ID: <%s@%s>\r\n", mail->key,
                  strchr(settings->from_address, '@') + 1);
    if (settings->from_name) {
        buffer_text(message, "From: ");
        words_add(message, settings->from_name);
        buffer_format(message, "\r\n <%s>\r\n", settings->from_address);
    } else {
        buffer_format(message, "From: <%s>\r\n", settings->from_address);
    }
    buffer_format(message, "To: <%s>\r\nSubject: ", mail->to);
    size_t length = strlen(mail->subject);
    if (length <= 66 && all_of(mail->subject, length, " .,:;!()'-/") && mail->subject[0] != ' ')
        buffer_text(message, mail->subject);
    else
        words_add(message, mail->subject);
    buffer_text(message, "\r\nMIME-Version: 1.0\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: base64\r\n");
    if (mail->language)
        buffer_format(message, "Content-Language: %s\r\n", mail->language);
    /* RFC 3834: nobody's out-of-office reply to a machine. */
    buffer_text(message, "Auto-Submitted: auto-generated\r\n\r\n");
}

static void body_add(struct buffer *message, const char *text) {
    char line[LINE_BYTES];
    size_t used = 0;
    for (const char *at = text; *at != '\0'; at++) {
        const char *piece = *at == '\n' ? "\r\n" : at;
        size_t length = *at == '\n' ? 2 : 1;
        if (*at == '\r' && at[1] == '\n')
            continue; /* the LF that follows brings its own CR */
        for (size_t i = 0; i < length; i++) {
            line[used++] = piece[i];
            if (used == sizeof line) {
                base64_add(message, line, used);
                buffer_text(message, "\r\n");
                used = 0;
            }
        }
    }
    if (used > 0) {
        base64_add(message, line, used);
        buffer_text(message, "\r\n");
    }
}

bool mail_compose(const struct mail_settings *settings, const struct mail *mail,
                  struct buffer *message, const char **cause) {
    size_t length = mail->text ? strnlen(mail->text, MAIL_TEXT_CEILING + 1) : 0;
    *cause = NULL;
    if (!mail_address(settings->from_address))
        *cause = "mail: the sender's address is refused";
    else if (settings->from_name && !header_safe(settings->from_name, NAME_BYTES))
        *cause = "mail: the sender's name is refused";
    else if (!mail_address(mail->to))
        *cause = "mail: the recipient's address is refused";
    else if (!header_safe(mail->subject, SUBJECT_BYTES))
        *cause = "mail: the subject is refused";
    else if (!mail->key || strnlen(mail->key, 65) > 64 ||
             !all_of(mail->key, strlen(mail->key), ".-_"))
        *cause = "mail: the key is refused";
    else if (mail->language && (strnlen(mail->language, 36) > 35 ||
                                !all_of(mail->language, strlen(mail->language), "-")))
        *cause = "mail: the language is refused";
    else if (length == 0 || length > MAIL_TEXT_CEILING || !text_valid(mail->text, length))
        *cause = "mail: the text is empty, too long or not UTF-8";
    if (*cause)
        return false;
    headers_add(settings, mail, message);
    body_add(message, mail->text);
    if (message->full)
        *cause = "mail: the message is too long";
    return !message->full;
}
