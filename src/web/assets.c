#include <string.h>

#include "web/exchange.h"
#include "web/page.h"

/* Only names that were built in are known, so there is no path to walk up. */
static void asset_get(struct request *request) {
    const char *path = request_capture(request, "path");
    const struct embedded *asset =
        request->site->pages && path ? pages_asset(request->site->pages, path) : NULL;
    if (!asset) {
        page_refuse(request, REFUSED_NOT_FOUND, NULL);
        return;
    }
    const char *version = request_query(request, "v");
    bool same = version && strcmp(version, asset->hash) == 0;
    request->response.keep = true;
    response_header(request, "Cache-Control",
                    same ? "public, max-age=31536000, immutable" : "no-cache");
    response_bytes(request, 200, asset->type, asset->bytes, asset->length);
}

static void health_get(struct request *request) {
    response_text(request, 200, "text/plain; charset=utf-8", "ok\n");
}

/* May a load balancer send requests here: the database answers and this server can write to it. */
static void ready_get(struct request *request) {
    struct installation installation;
    struct store *reader = request_reader(request);
    bool ready = reader && installation_read(request->site->engine, reader, &installation);
    response_text(request, ready ? 200 : 503, "text/plain; charset=utf-8",
                  ready ? "ready\n" : "not ready\n");
}

const struct route server_routes[] = {
    {METHOD_GET, "/assets/{path...}", asset_get, ROUTE_ANY | ROUTE_REST, 0},
    {METHOD_GET, "/healthz", health_get, ROUTE_ANY, 0},
    {METHOD_GET, "/readyz", ready_get, ROUTE_ANY, 0},
    {0, NULL, NULL, 0, 0},
};
