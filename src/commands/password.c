#include "commands/password.h"

#include <string.h>

#include "base/text.h"

const char password_dummy[] = "$argon2id$v=19$m=65536,t=2,p=1$pyvSJresWxjTwNyL70Ornw$"
                              "MxVTHdWbOLiJQjf8QPzRzaom6irVzwD6DdXoAAsrIlQ";

/* What is tried first, from ten characters on; compared in lower case. Sorted. */
static const char *const common[] = {
    "0000000001",      "0123456789",   "0987654321",    "1020304050",       "1029384756",
    "111222333444",    "1122334455",   "1212121212",    "123123123123",     "1231231234",
    "1234512345",      "123456123456", "1234567890",    "12345678901",      "123456789012",
    "1234567890a",     "1234567890q",  "1234567891",    "12345678910",      "123456789a",
    "123456789abc",    "123456789q",   "123456abcdef",  "1234qwer1234",     "1234qwerasdf",
    "123qwe123qwe",    "123qweasdzxc", "1314520520",    "1357924680",       "1470258369",
    "147258369147",    "1q2w3e4r5t",   "1q2w3e4r5t6y",  "1qaz2wsx3edc",     "5201314520",
    "52013145201314",  "7894561230",   "9876543210",    "a123456789",       "a1234567890",
    "aa12345678",      "aa123456789",  "abc1234567",    "abc123456789",     "abcd123456",
    "abcd12345678",    "abcde12345",   "abcdefghij",    "abcdefghijk",      "admin12345",
    "admin123456",     "adminadmin",   "administrator", "asd123456789",     "asdf123456",
    "asdf1234567",     "asdfasdfasdf", "asdfghjkl1",    "asdfghjkl123",     "baseball123",
    "basketball",      "changeme12",   "changeme123",   "charlie123",       "chelsea123",
    "christopher",     "computer123",  "dragon1234",    "elizabeth1",       "facebook123",
    "football123",     "google1234",   "hongkong123",   "hongkong1234",     "hongkong1997",
    "hongkong2024",    "hongkong852",  "iloveyou12",    "iloveyou123",      "iloveyou1234",
    "iloveyouforever", "internet123",  "jennifer123",   "letmein123",       "letmein1234",
    "liverpool123",    "manchester",   "michelle123",   "minecraft1",       "monkey1234",
    "mypassword",      "mypassword1",  "newpassword",   "p@ssw0rd12",       "p@ssw0rd123",
    "p@ssword123",     "passw0rd12",   "passw0rd123",   "password01",       "password12",
    "password123",     "password1234", "password12345", "passwordpassword", "pokemon123",
    "princess12",      "princess123",  "q1w2e3r4t5",    "q1w2e3r4t5y6",     "qazwsx1234",
    "qazwsxedcrfv",    "qwe123456789", "qweasd123456",  "qweasdzxc123",     "qwer123456",
    "qwer12345678",    "qwerty123321", "qwerty1234",    "qwerty12345",      "qwerty123456",
    "qwertyqwerty",    "qwertyuiop",   "qwertyuiop123", "samsung123",       "samsung1234",
    "secret1234",      "spiderman1",   "starwars123",   "sunshine12",       "sunshine123",
    "superman123",     "test123456",   "test1234567",   "testtest123",      "trustno1trustno1",
    "welcome123",      "welcome1234",  "welcome2024",   "welcome2025",      "whatsapp123",
    "woaini123456",    "woaini1314",   "woaini1314520", "zaq12wsxcde3",     "zxc123456789",
    "zxcvbnm123",      "zxcvbnm1234",
};

static bool is_common(const char *lower) {
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcmp(common[i], lower) == 0)
            return true;
    for (size_t i = 1; lower[i]; i++) /* one character again and again */
        if (lower[i] != lower[0])
            return false;
    return true;
}

static bool is_address(const char *lower, const char *email_key) {
    size_t length = strlen(lower);
    return strcmp(lower, email_key) == 0 ||
           (length == strcspn(email_key, "@") && memcmp(lower, email_key, length) == 0);
}

int64_t password_points(const char *password, const char *email_key) {
    char lower[PASSWORD_BYTES + 1];
    size_t length = strlen(password);
    if (length > PASSWORD_BYTES || !text_valid(password, length))
        return 0;
    size_t points = text_points(password, length);
    if (points < PASSWORD_LEAST)
        return 0;
    memcpy(lower, password, length + 1);
    text_lower(lower);
    bool weak = is_common(lower) || is_address(lower, email_key);
    memset(lower, 0, sizeof lower);
    return weak ? 0 : (int64_t)points;
}
