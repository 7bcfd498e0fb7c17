#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool secret_start(void) {
    return sodium_init() >= 0;
}

bool secret_file_make(const char *path) {
    uint8_t master[32];
    randombytes_buf(master, sizeof master);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool written = write(file, master, sizeof master) == (ssize_t)sizeof master && !fsync(file);
    int why = errno;
    sodium_memzero(master, sizeof master);
    if (close(file) != 0 || !written) {
        unlink(path);
        errno = why;
        return false;
    }
    return true;
}

bool secret_file_read(const char *path, struct secrets *secrets) {
    uint8_t master[33];
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool good =
        !fstat(file, &about) && !(about.st_mode & 077) && read(file, master, sizeof master) == 32;
    close(file);
    if (good)
        secret_derive(master, secrets);
    sodium_memzero(master, sizeof master);
    return good;
}

static void subkey(const uint8_t master[32], const char *use, uint8_t *key, size_t length) {
    crypto_generichash(key, length, (const uint8_t *)use, strlen(use), master, 32);
}

void secret_derive(const uint8_t master[32], struct secrets *secrets) {
    subkey(master, "ringoff seal 1", secrets->seal, 32);
    subkey(master, "ringoff lookup 1", secrets->lookup, 32);
    subkey(master, "ringoff code 1", secrets->code, 32);
    subkey(master, "ringoff journal 1", secrets->journal, 32);
    subkey(master, "ringoff token 1", secrets->token, 32);
    subkey(master, "ringoff idempotency 1", secrets->idempotency, 32);
    subkey(master, "ringoff fingerprint 1", secrets->fingerprint, 16);
}

void secret_random(void *bytes, size_t length) {
    randombytes_buf(bytes, length);
}

void secret_hash(const uint8_t key[32], const void *bytes, size_t length,
                 uint8_t hash[HASH_BYTES]) {
    crypto_generichash(hash, HASH_BYTES, bytes, length, key, 32);
}

void secret_seal(const uint8_t key[32], const uint8_t nonce[SEAL_NONCE_BYTES], const char *context,
                 const void *text, size_t length, uint8_t *out) {
    unsigned long long made = 0;
    memcpy(out, nonce, SEAL_NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + SEAL_NONCE_BYTES, &made, text, length,
                                               (const uint8_t *)context, strlen(context), NULL,
                                               nonce, key);
}

bool secret_open(const uint8_t key[32], const char *context, const uint8_t *sealed, size_t length,
                 void *out) {
    unsigned long long made = 0;
    if (length < SEAL_EXTRA_BYTES)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               out, &made, NULL, sealed + SEAL_NONCE_BYTES, length - SEAL_NONCE_BYTES,
               (const uint8_t *)context, strlen(context), sealed, key) == 0;
}

static void derive(const struct secrets *secrets, const char *kind, const char *purpose,
                   int64_t subject, int64_t issue, const uint8_t nonce[16], uint8_t hash[32]) {
    crypto_generichash_state state;
    uint8_t numbers[16];
    for (int i = 0; i < 8; i++) {
        numbers[i] = (uint8_t)((uint64_t)subject >> (8 * i));
        numbers[8 + i] = (uint8_t)((uint64_t)issue >> (8 * i));
    }
    crypto_generichash_init(&state, secrets->code, 32, 32);
    crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, numbers, sizeof numbers);
    crypto_generichash_update(&state, nonce, 16);
    crypto_generichash_final(&state, hash, 32);
}

void secret_code(const struct secrets *secrets, const char *purpose, int64_t subject, int64_t issue,
                 const uint8_t nonce[16], char code[CODE_DIGITS + 1]) {
    uint8_t hash[32];
    derive(secrets, "code", purpose, subject, issue, nonce, hash);
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | hash[i];
    snprintf(code, CODE_DIGITS + 1, "%08u", (unsigned)(value % 100000000u));
}

void secret_link(const struct secrets *secrets, const char *purpose, int64_t subject, int64_t issue,
                 const uint8_t nonce[16], char link[TOKEN_TEXT]) {
    uint8_t hash[32];
    derive(secrets, "link", purpose, subject, issue, nonce, hash);
    secret_base64(hash, 24, link);
}

bool secret_equal(const char *given, const char *expected) {
    size_t length = strlen(given);
    return length == strlen(expected) && sodium_memcmp(given, expected, length) == 0;
}

void secret_base64(const void *bytes, size_t length, char *text) {
    size_t room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_bin2base64(text, room, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool secret_base64_read(const char *text, void *bytes, size_t length) {
    size_t read = 0;
    return sodium_base642bin(bytes, length, text, strlen(text), NULL, &read, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           read == length;
}

void secret_base64_mime(const void *bytes, size_t length, char *text) {
    size_t room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(text, room, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

size_t secret_base64_mime_read(const char *text, void *bytes, size_t room) {
    size_t read = 0;
    bool good = sodium_base642bin(bytes, room, text, strlen(text), NULL, &read, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) == 0;
    return good ? read : 0;
}

void secret_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 uint8_t mac[32]) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, bytes, length);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
}

void secret_hex(const void *bytes, size_t length, char *text) {
    sodium_bin2hex(text, 2 * length + 1, bytes, length);
}

bool secret_unhex(const char *text, void *bytes, size_t length) {
    size_t digits = 2 * length, read = 0;
    if (strnlen(text, digits + 1) != digits || strspn(text, "0123456789abcdef") < digits)
        return false;
    return sodium_hex2bin(bytes, length, text, digits, NULL, &read, NULL) == 0 && read == length;
}

static void sign_pair(const uint8_t seed[SIGN_SEED_BYTES], uint8_t key[SIGN_PUBLIC_BYTES],
                      uint8_t both[crypto_sign_SECRETKEYBYTES]) {
    crypto_sign_seed_keypair(key, both, seed);
}

void secret_sign_public(const uint8_t seed[SIGN_SEED_BYTES], uint8_t key[SIGN_PUBLIC_BYTES]) {
    uint8_t both[crypto_sign_SECRETKEYBYTES];
    sign_pair(seed, key, both);
    sodium_memzero(both, sizeof both);
}

void secret_sign(const uint8_t seed[SIGN_SEED_BYTES], const void *bytes, size_t length,
                 uint8_t signature[SIGN_BYTES]) {
    uint8_t key[SIGN_PUBLIC_BYTES], both[crypto_sign_SECRETKEYBYTES];
    sign_pair(seed, key, both);
    crypto_sign_detached(signature, NULL, bytes, length, both);
    sodium_memzero(both, sizeof both);
}

bool secret_signed(const uint8_t key[SIGN_PUBLIC_BYTES], const void *bytes, size_t length,
                   const uint8_t signature[SIGN_BYTES]) {
    return crypto_sign_verify_detached(signature, bytes, length, key) == 0;
}

void secret_sign_name(const uint8_t key[SIGN_PUBLIC_BYTES], char name[SIGN_NAME_SIZE]) {
    uint8_t hash[HASH_BYTES];
    crypto_generichash(hash, sizeof hash, key, SIGN_PUBLIC_BYTES, NULL, 0);
    secret_hex(hash, (SIGN_NAME_SIZE - 1) / 2, name);
}

bool secret_password_hash(const char *password, char hash[PASSWORD_TEXT]) {
    memset(hash, 0, PASSWORD_TEXT);
    return crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                             crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

bool secret_password_check(const char *hash, const char *password) {
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
