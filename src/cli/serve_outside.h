/* From the settings to what the dispatcher wants to know: the network's adapter, the SMS gateway,
 * the mail server and the payment provider, with the passwords out of their files. */
#ifndef RINGOFF_CLI_SERVE_OUTSIDE_H
#define RINGOFF_CLI_SERVE_OUTSIDE_H
#include "cli/installation.h"
#include "effects/dispatcher.h"

struct outside {
    struct sms_settings sms;
    struct mail_settings mail;
    struct payment_settings payment;
    char sms_password[256], mail_password[256];
    char sms_ca[INSTALLATION_FILE], mail_ca[INSTALLATION_FILE], payment_ca[INSTALLATION_FILE];
    char site[SETTING_TEXT];
};

/* Where the portals are, each operator's code to come behind it: what the settings say, or a demo's
 * own address when its port is known (not 0); "": at each operator's host. */
void outside_site(const struct house *house, bool demo, uint16_t port, char site[SETTING_TEXT]);
/* Sets site, network, hlr, sms, mail and payment of *to; they point into outside and house. False
 * with a sentence in why when a password file or the payment provider's secret cannot be read. */
bool outside_read(struct outside *outside, const struct house *house, uint16_t port,
                  struct dispatcher_settings *to, char why[INSTALLATION_WHY]);
/* Wipes the passwords. */
void outside_close(struct outside *outside);
#endif
