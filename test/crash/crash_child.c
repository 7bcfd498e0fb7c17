/* Submits commands with 64 clients until it is killed; each answer goes to standard output only
 * after it was given. crash_child WHERE ROUND */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crash_work.h"

static struct committer *committer;
static struct secrets secrets;
static int64_t this_round;

static void *client_run(void *owner) {
    int64_t client = (int64_t)(intptr_t)owner;
    for (int64_t number = 0;; number++) {
        struct deed deed;
        struct job job;
        crash_job(&secrets, this_round, client, number, &deed, &job);
        if (!committer_run(committer, &job) || job.down || job.replayed)
            abort();
        struct acknowledged told = {.round = this_round,
                                    .client = client,
                                    .number = number,
                                    .result = job.result,
                                    .refusal = job.refusal};
        if (write(STDOUT_FILENO, &told, sizeof told) != sizeof told)
            return NULL; /* the parent went away */
    }
}

int main(int argc, char **argv) {
    pthread_t clients[CLIENTS];
    if (argc != 3 || !secret_start())
        return 2;
    crash_secrets(&secrets);
    this_round = strtoll(argv[2], NULL, 10);
    committer = crash_start(argv[1], &secrets);
    if (!committer)
        return 2;
    for (int64_t i = 0; i < CLIENTS; i++)
        if (pthread_create(&clients[i], NULL, client_run, (void *)(intptr_t)i))
            return 2;
    for (int64_t i = 0; i < CLIENTS; i++)
        pthread_join(clients[i], NULL);
    return 0;
}
