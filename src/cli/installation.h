/* An installation is a folder: the database, the key file, the settings, the terminal's socket.
 * All paths in it are made from the folder's name as it was given, so it may be moved anywhere.
 * The key opens the database and stands beside it by default; a backup keeps the two apart. */
#ifndef RINGOFF_CLI_INSTALLATION_H
#define RINGOFF_CLI_INSTALLATION_H
#include "base/secret.h"
#include "cli/settings.h"
#include "store/committer.h"

enum {
    INSTALLATION_PATH = 1024,
    INSTALLATION_FILE = INSTALLATION_PATH + 320,
    INSTALLATION_WHY = 512
};

struct house {
    char folder[INSTALLATION_PATH];
    char database[INSTALLATION_FILE], key_file[INSTALLATION_FILE];
    char settings_file[INSTALLATION_FILE], socket[INSTALLATION_FILE];
    struct secrets secrets;
    struct settings settings;
};

/* What installation_make found or did. */
enum installation_made { MADE_NEW, MADE_NEWER /* older schema brought up */, MADE_NOTHING };

/* Fills the paths only; false when the folder's name is too long. */
bool installation_name(struct house *installation, const char *folder);
/* Makes the folder (0700), key file (0600), settings and database, or what of them is missing; an
 * older database is brought to the newest schema. False with a sentence in why; then nothing that
 * was there is changed. */
bool installation_make(struct house *installation, bool demo, enum installation_made *made,
                       char why[INSTALLATION_WHY]);
/* Reads key and settings. False with a sentence in why. The caller wipes it by
 * installation_close. */
bool installation_open(struct house *installation, const char *folder, char why[INSTALLATION_WHY]);
void installation_close(struct house *installation);
/* A connection for reading; NULL with a sentence in why. */
struct store *installation_reader(const struct house *installation, char why[INSTALLATION_WHY]);
/* A committer of one's own, where no server runs. NULL with a sentence in why; *locked says that
 * another process writes to the database. */
struct committer *installation_committer(const struct house *installation, bool *locked,
                                         char why[INSTALLATION_WHY]);
/* The path of a file that the settings name: below the folder unless it begins with a slash. */
bool installation_path(const struct house *installation, const char *name,
                       char path[INSTALLATION_FILE]);
/* The line of text in a file that the settings name (a password), without its line end. False with
 * a sentence in why. */
bool installation_secret(const struct house *installation, const char *name, char secret[256],
                         char why[INSTALLATION_WHY]);
#endif
