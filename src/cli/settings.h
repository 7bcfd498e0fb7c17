/* The installation's settings, ringoff.ini: what differs from machine to machine and is no rule of
 * an operator. A name that is unknown, stands twice or does not fit is an error that names its
 * line; nothing is guessed. Secrets never stand in it: it names the files that hold them. */
#ifndef RINGOFF_CLI_SETTINGS_H
#define RINGOFF_CLI_SETTINGS_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { SETTING_TEXT = 300, SETTING_PLACE = 1024, SETTING_WHY = 400 };

enum setting_network { SETTING_MANUAL, SETTING_OSMO_HLR };
enum setting_starttls { SETTING_REQUIRED, SETTING_OPTIONAL, SETTING_OFF };

struct settings {
    /* server */
    int64_t port, https, trust_proxy, log, threads, preparers;
    /* Without a slash at the end; the operators are below it by their codes. "" = each operator is
     * reached under the host names of its policy. */
    char base_url[SETTING_TEXT];
    char socket[SETTING_TEXT]; /* "" = ringoff.sock in the folder */
    /* database */
    char database[SETTING_PLACE]; /* a PostgreSQL connection string; "" = the file in the folder */
    int64_t committers;           /* 0 = what suits the engine */
    int64_t patience;             /* seconds */
    /* limits; 0 = the server's default */
    int64_t connections, connections_address, body_bytes, queue;
    /* network */
    int64_t network; /* enum setting_network */
    char hlr_host[SETTING_TEXT];
    int64_t hlr_port, hlr_seconds;
    /* sms; url "" = none */
    char sms_url[SETTING_TEXT], sms_user[SETTING_TEXT], sms_password_file[SETTING_TEXT];
    char sms_ca_file[SETTING_TEXT];
    int64_t sms_seconds;
    /* mail; host "" = none */
    char mail_host[SETTING_TEXT], mail_user[SETTING_TEXT], mail_password_file[SETTING_TEXT];
    char mail_from[SETTING_TEXT], mail_from_name[SETTING_TEXT], mail_ca_file[SETTING_TEXT];
    int64_t mail_port, mail_starttls, mail_seconds;
    /* payment; url "" = none */
    char payment_url[SETTING_TEXT], payment_secret_file[SETTING_TEXT];
    char payment_ca_file[SETTING_TEXT];
    int64_t payment_seconds;
};

/* The defaults, as the file that init writes has them. */
void settings_default(struct settings *settings);
/* Reads the file over the defaults. False with a sentence in why that names file and line. */
bool settings_read(const char *path, struct settings *settings, char why[SETTING_WHY]);
/* Writes the commented file with the defaults and this database ("" = the file in the folder).
 * False when it cannot be written (errno). */
bool settings_write(FILE *file, const char *database);
#endif
