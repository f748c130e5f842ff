/* role SOCKET MODE [LINES]: a program for a tool to run. Its twin in Go is
 * internal/bench/role; see there for the modes. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WIDTH = 100 };

static void tell(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("role: connect");
        exit(1);
    }
}

static void print(long lines) {
    char line[WIDTH + 1];
    for (long i = 0; i < lines; i++) {
        int n = snprintf(line, sizeof line, "L%08ld ", i);
        memset(line + n, 'x', WIDTH - 1 - n);
        line[WIDTH - 1] = '\n';
        for (int done = 0; done < WIDTH;) {
            ssize_t wrote = write(1, line + done, WIDTH - done);
            if (wrote < 0) {
                perror("role: write");
                exit(1);
            }
            done += wrote;
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 3) {
        return 2;
    }
    const char *mode = argv[2];
    if (!strcmp(mode, "stubborn")) {
        int deaf[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
        for (unsigned i = 0; i < sizeof deaf / sizeof *deaf; i++) {
            signal(deaf[i], SIG_IGN);
        }
    }
    if (!strcmp(mode, "print") && argc > 3) {
        print(atol(argv[3]));
    }
    tell(argv[1]);
    if (strcmp(mode, "once")) {
        for (;;) {
            pause();
        }
    }
    return 0;
}
