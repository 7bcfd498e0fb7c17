/* An installation is a folder: the key file, the settings, the terminal's socket, and the database
 * unless the settings say that it is in PostgreSQL; then several machines have such a folder each,
 * with the same key. All paths in it are made from the folder's name as it was given, so it may be
 * moved anywhere. */
#ifndef RINGOFF_CLI_INSTALLATION_H
#define RINGOFF_CLI_INSTALLATION_H
#include "base/secret.h"
#include "cli/settings.h"
#include "store/committer.h"

enum {
    INSTALLATION_PATH = 1024,
    INSTALLATION_FILE = INSTALLATION_PATH + 320,
    INSTALLATION_WHY = 512,
    INSTALLATION_WARNING = 1024
};

struct house {
    char folder[INSTALLATION_PATH];
    const struct engine *engine;
    char where[INSTALLATION_FILE]; /* the database: a path or a connection string */
    char key_file[INSTALLATION_FILE];
    char settings_file[INSTALLATION_FILE], socket[INSTALLATION_FILE];
    struct secrets secrets;
    struct settings settings;
};

/* What installation_make found or did. */
enum installation_made { MADE_NEW, MADE_NEWER /* older schema brought up */, MADE_NOTHING };

/* Fills the paths only, the database as the file in the folder; false when the folder's name is
 * too long. */
bool installation_name(struct house *installation, const char *folder);
/* The same for whoever asks its server: the socket is beside the database, or where the settings
 * say; who may not read them is told the usual place. */
bool installation_socket(struct house *installation, const char *folder);
/* Fills engine and where for one that is there or is to be made: what its settings say, else
 * `database` (a connection string), else the file. *there says whether anything is. False with a
 * sentence in why when database is given and another one is in use, or cannot stand in the
 * settings. Writes nothing. */
bool installation_place(struct house *installation, const char *database, bool *there,
                        char why[INSTALLATION_WHY]);
/* Makes the folder (0700), key file (0600), settings and database, or what of them is missing; an
 * older database is brought to the newest schema. database: as installation_place has it. False
 * with a sentence in why; then nothing that was there is changed. */
bool installation_make(struct house *installation, const char *database, bool demo,
                       enum installation_made *made, char why[INSTALLATION_WHY]);
/* Reads key and settings. False with a sentence in why. The caller wipes it by
 * installation_close. */
bool installation_open(struct house *installation, const char *folder, char why[INSTALLATION_WHY]);
void installation_close(struct house *installation);
/* A connection for reading; NULL with a sentence in why. */
struct store *installation_reader(const struct house *installation, char why[INSTALLATION_WHY]);
/* What an opened database says that endangers what is promised; "" when there is nothing. */
void installation_warning(const struct house *installation, struct store *store,
                          char warning[INSTALLATION_WARNING]);
/* The settings of a committer by this installation's; the caller adds who is told of effects. */
struct committer_settings installation_committing(const struct house *installation);
/* A committer of one's own: on SQLite where no server runs, on PostgreSQL beside them. NULL with a
 * sentence in why; *locked says that another process writes to the database. */
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
