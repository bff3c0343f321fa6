/* Serves on the socket that systemd would pass, and ends at SIGTERM when it has answered what it has accepted. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENING 3

static volatile sig_atomic_t ends;

static void end(int signal) {
  (void)signal;
  ends = 1;
}

/* One request, whose end is that of its header or of a short body sent with it. */
static void serve(int peer) {
  char request[65536];
  size_t size = 0;
  while (size + 1 < sizeof request) {
    ssize_t more = read(peer, request + size, sizeof request - 1 - size);
    if (more <= 0) return;
    size += (size_t)more;
    request[size] = 0;
    char *body = strstr(request, "\r\n\r\n");
    if (body == NULL) continue;
    char *field = strcasestr(request, "content-length:");
    size_t length = field == NULL ? 0 : strtoul(field + strlen("content-length:"), NULL, 10);
    if (size >= (size_t)(body + 4 - request) + length) break;
  }
  char body[32];
  int length = snprintf(body, sizeof body, "%d", getpid());
  dprintf(peer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", length, body);
}

int main(void) {
  const char *sockets = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
  if (sockets == NULL || strcmp(sockets, "1") != 0 || pid == NULL || atoi(pid) != getpid()) return 78;
  fcntl(LISTENING, F_SETFL, fcntl(LISTENING, F_GETFL) | O_NONBLOCK); /* another process may take the connection */
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before); /* the signal arrives only while it waits */
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = end}, NULL);
  while (!ends) {
    struct pollfd waiting = {.fd = LISTENING, .events = POLLIN};
    if (ppoll(&waiting, 1, NULL, &before) < 1) continue;
    int peer = accept4(LISTENING, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0) continue;
    serve(peer);
    close(peer);
  }
  return 0;
}
