/* bench/disk FILE [--seconds N]: how often a second this disk makes 4 KiB durable, one write and
 * one fdatasync after the other, over a file as large as a write-ahead log. The limit of durable
 * commits that wait for each other. Prints JSON. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"

enum { PIECE = 4096, PIECES = 2048 };

int main(int argc, char **argv) {
    char piece[PIECE];
    int64_t seconds = bench_number(argc, argv, "--seconds", 3), count = 0;
    int fd = argc > 1 ? open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    memset(piece, 'x', sizeof piece);
    if (fd < 0) {
        fprintf(stderr, "disk: a file that can be written\n");
        return 2;
    }
    for (int i = 0; i < PIECES; i++) /* a log's file is there already */
        if (write(fd, piece, sizeof piece) != sizeof piece)
            return 1;
    if (fsync(fd) != 0)
        return 1;
    double from = bench_seconds();
    for (; bench_seconds() - from < (double)seconds; count++)
        if (pwrite(fd, piece, sizeof piece, count % PIECES * PIECE) != sizeof piece ||
            fdatasync(fd) != 0)
            return 1;
    double took = bench_seconds() - from;
    printf("{\"fdatasyncs\": %" PRId64 ", \"seconds\": %.6f, \"a_second\": %.1f}\n", count, took,
           (double)count / took);
    close(fd);
    return 0;
}
