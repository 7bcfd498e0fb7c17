#include "cli/serve_outside.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static const char *or_null(const char *text) {
    return text[0] ? text : NULL;
}

static const char *file_of(const struct house *house, const char *name,
                           char path[INSTALLATION_FILE]) {
    return name[0] && installation_path(house, name, path) ? path : NULL;
}

static bool sms_read(struct outside *outside, const struct house *house,
                     char why[INSTALLATION_WHY]) {
    const struct settings *given = &house->settings;
    if (given->sms_password_file[0] &&
        !installation_secret(house, given->sms_password_file, outside->sms_password, why))
        return false;
    outside->sms =
        (struct sms_settings){.url = given->sms_url,
                              .ca_file = file_of(house, given->sms_ca_file, outside->sms_ca),
                              .username = given->sms_user,
                              .password = outside->sms_password,
                              .connect_limit = given->sms_seconds * SECOND / 2,
                              .total_limit = given->sms_seconds * SECOND};
    return true;
}

static bool mail_read(struct outside *outside, const struct house *house,
                      char why[INSTALLATION_WHY]) {
    static const enum mail_tls tls[] = {[SETTING_REQUIRED] = MAIL_TLS_REQUIRED,
                                        [SETTING_OPTIONAL] = MAIL_TLS_OPTIONAL,
                                        [SETTING_OFF] = MAIL_TLS_OFF};
    const struct settings *given = &house->settings;
    if (given->mail_password_file[0] &&
        !installation_secret(house, given->mail_password_file, outside->mail_password, why))
        return false;
    outside->mail =
        (struct mail_settings){.host = given->mail_host,
                               .port = (uint16_t)given->mail_port,
                               .tls = tls[given->mail_starttls],
                               .ca_file = file_of(house, given->mail_ca_file, outside->mail_ca),
                               .username = or_null(given->mail_user),
                               .password = given->mail_user[0] ? outside->mail_password : NULL,
                               .from_address = given->mail_from,
                               .from_name = or_null(given->mail_from_name),
                               .connect_limit = given->mail_seconds * SECOND / 2,
                               .total_limit = given->mail_seconds * SECOND};
    return true;
}

static bool payment_read(struct outside *outside, const struct house *house,
                         char why[INSTALLATION_WHY]) {
    const struct settings *given = &house->settings;
    char secret[256];
    outside->payment = (struct payment_settings){
        .url = given->payment_url,
        .ca_file = file_of(house, given->payment_ca_file, outside->payment_ca),
        .connect_limit = given->payment_seconds * SECOND / 2,
        .total_limit = given->payment_seconds * SECOND};
    if (!given->payment_url[0])
        return true;
    if (!given->payment_secret_file[0]) {
        snprintf(why, INSTALLATION_WHY, "the payment provider needs a secret_file");
        return false;
    }
    if (!installation_secret(house, given->payment_secret_file, secret, why))
        return false;
    bool good = payment_key_read(secret, &outside->payment);
    explicit_bzero(secret, sizeof secret);
    if (!good)
        snprintf(why, INSTALLATION_WHY, "%.300s must hold whsec_ and base64 of %d to %d bytes",
                 given->payment_secret_file, PAYMENT_KEY_LEAST, PAYMENT_KEY_MOST);
    return good;
}

void outside_site(const struct house *house, bool demo, uint16_t port, char site[SETTING_TEXT]) {
    site[0] = '\0';
    if (house->settings.base_url[0])
        snprintf(site, SETTING_TEXT, "%s", house->settings.base_url);
    else if (demo && port)
        snprintf(site, SETTING_TEXT, "http://127.0.0.1:%u", port);
}

bool outside_read(struct outside *outside, const struct house *house, uint16_t port,
                  struct dispatcher_settings *to, char why[INSTALLATION_WHY]) {
    const struct settings *given = &house->settings;
    outside_site(house, to->demo, port, outside->site);
    to->site = or_null(outside->site);
    to->network = given->network == SETTING_OSMO_HLR ? NETWORK_OSMO_HLR : NETWORK_MANUAL;
    to->hlr = (struct hlr_settings){.address = given->hlr_host,
                                    .port = (uint16_t)given->hlr_port,
                                    .limit = given->hlr_seconds * SECOND};
    if (!sms_read(outside, house, why) || !mail_read(outside, house, why) ||
        !payment_read(outside, house, why))
        return false;
    to->sms = given->sms_url[0] ? &outside->sms : NULL;
    to->mail = given->mail_host[0] ? &outside->mail : NULL;
    to->payment = given->payment_url[0] ? &outside->payment : NULL;
    return true;
}

void outside_close(struct outside *outside) {
    explicit_bzero(outside, sizeof *outside);
}
