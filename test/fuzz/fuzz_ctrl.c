/* Any text from the network's peer: only the answer to what was asked is taken for one. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "effects/ctrl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char variable[] = "subscriber.by-imsi-454061234567890.info";
    char text[CTRL_FRAME + 1], whole[CTRL_FRAME + 1];
    if (size < 2 || size - 2 > CTRL_FRAME)
        return 0;
    const char *verb = data[0] & 1 ? "GET" : "SET";
    uint32_t id = data[1];
    size -= 2;
    memcpy(text, data + 2, size);
    text[size] = '\0';
    memcpy(whole, text, size + 1);
    char *value = NULL;
    enum ctrl_text what = ctrl_text_read(text, verb, id, variable, &value);
    if (what == CTRL_TEXT_VALUE || what == CTRL_TEXT_ERROR) {
        assert(value >= text && value <= text + strlen(whole));
        assert(value + strlen(value) <= text + size);
        assert(what == CTRL_TEXT_ERROR || strstr(whole, variable));
    }
    return 0;
}
