#include "effects/delivery.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

bool delivery_start(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void delivery_stop(void) {
    curl_global_cleanup();
}

struct delivery delivery_of(enum delivery_outcome outcome, const char *format, ...) {
    struct delivery delivery = {.outcome = outcome};
    char *text = outcome == DELIVERED ? delivery.evidence : delivery.cause;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof delivery.cause, format, arguments);
    va_end(arguments);
    return delivery;
}

bool delivery_number(const char *number) {
    if (!number)
        return false;
    const char *digits = number[0] == '+' ? number + 1 : number;
    size_t length = strnlen(digits, 16);
    return length >= 6 && length <= 15 && strspn(digits, "0123456789") == length;
}

bool delivery_plain(const char *text, unsigned maximum) {
    if (!text)
        return false;
    size_t length = strnlen(text, (size_t)maximum + 1);
    if (length == 0 || length > maximum)
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            return false;
    return true;
}

bool delivery_host_here(const char *host) {
    struct in_addr address;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}
