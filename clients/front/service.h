/* The service: its frames, finding one, and starting one. The messages are specified in protocol/README.md. */
#ifndef SERVICE_H
#define SERVICE_H

#include "process.h"

#define HELLO_TIMEOUT 2
#define SURROUNDINGS_MOST 4096
#define FRAME_MOST 65536

static int service = -1;
/** What has arrived and not been taken: at most one frame of FRAME_MOST bytes with its header. */
static unsigned char received[4 + FRAME_MOST];
static size_t received_size;

/** Waits for descriptors and signals; with seconds < 0 without limit. */
static long wait_for(Poll *fds, int count, long seconds) {
  Time limit = {seconds, 0};
  return sys(ppoll, fds, count, seconds < 0 ? 0 : &limit, &caller_mask, 8);
}

static void put_size(unsigned char *to, size_t size) {
  for (int byte = 0; byte < 4; byte++) to[byte] = (unsigned char)(size >> (24 - 8 * byte));
}
static size_t size_at(const unsigned char *from) {
  return (size_t)from[0] << 24 | (size_t)from[1] << 16 | (size_t)from[2] << 8 | from[3];
}

/** Sends everything. That the service has ended is noticed where its messages are read: its last may be on the way. */
static void send_all(const void *bytes, size_t size) {
  for (const char *at = bytes; size > 0;) {
    long done = sys(write, service, at, size);
    if (done == -EAGAIN || done == -EINTR) {
      Poll room = {service, POLLOUT, 0};
      wait_for(&room, 1, -1);
    } else if (done <= 0) {
      return;
    } else {
      at += done;
      size -= (size_t)done;
    }
  }
}

/** A message as a frame: the text begins with four bytes for its size. */
#define MESSAGE(name, most, start) TEXT(name, most); put(&name, "size" start)
static void send_message(Text *message) {
  put_size((unsigned char *)message->bytes, message->size - 4);
  send_all(message->bytes, message->size);
}

/** Reads what has arrived; false at the end of the connection. */
static int receive(void) {
  long size = sys(read, service, received + received_size, sizeof received - received_size);
  if (size > 0) received_size += (size_t)size;
  return size > 0 || size == -EAGAIN || size == -EINTR;
}

/** Size of the first frame with its header; 0 while it is incomplete, -1 if it is invalid. */
static long frame_size(void) {
  if (received_size < 4) return 0;
  size_t size = size_at(received);
  if (size == 0 || size >= FRAME_MOST) return -1;
  return received_size < 4 + size ? 0 : (long)(4 + size);
}

/** Connects, but only to a service of this user. */
static int connect_to(const char *path) {
  static Address to = {.family = AF_UNIX};
  Credentials peer;
  unsigned peer_size = sizeof peer;
  size_t size = length(path);
  if (size == 0 || size >= sizeof to.path) return -1;
  memcpy(to.path, path, size + 1);
  int fd = (int)sys(socket, AF_UNIX, SOCK_STREAM | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (sys(connect, fd, &to, sizeof to.family + size + 1) == 0 &&
      sys(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) == 0 && peer.uid == (unsigned)sys(geteuid))
    return fd;
  sys(close, fd);
  return -1;
}

/** Whether the service runs command lines of processes like this one. */
static int greet(void) {
  MESSAGE(hello, SURROUNDINGS_MOST + 256, "{\"type\":\"Hello\",\"payload\":{\"protocol\":1,\"pid\":");
  put(&hello, DECIMAL(sys(getppid)), ",\"front\":\"");
  if (!put_surroundings(&hello)) return 0;
  put(&hello, "\"},\"id\":0}");
  send_message(&hello);
  received_size = 0;
  for (;;) {
    long size = frame_size();
    if (size < 0) return 0;
    if (size > 0) {
      const char *answer = (char *)received + 4;
      received[size] = 0;
      received_size = 0; /* nothing follows unasked */
      return after(answer, "{\"type\":\"Hello\"") && contains(answer, "\"front\":true");
    }
    Poll answer = {service, POLLIN, 0};
    if (wait_for(&answer, 1, HELLO_TIMEOUT) <= 0 || !receive()) return 0;
  }
}

/** Connects to the service on a socket, if it accepts this process. -1 if no service listens, 0 if it refuses. */
static int use(const char *path) {
  service = connect_to(path);
  if (service < 0) return -1;
  if (greet()) return 1;
  sys(close, service);
  return 0;
}

/** Directory of the default socket: protocol/endpoint.ts. */
static void put_folder(Text *to) {
  const char *runtime = variable("XDG_RUNTIME_DIR"), *temporary = variable("TMPDIR");
  if (runtime) {
    put(to, runtime, "/xsys");
    return;
  }
  if (!temporary) temporary = variable("TMP");
  if (!temporary) temporary = variable("TEMP");
  put(to, temporary ? temporary : "/tmp");
  if (to->size > 1 && to->bytes[to->size - 1] == '/') to->size--;
  put(to, "/xsys-", DECIMAL(sys(getuid)));
}

/** Opens a directory that belongs to this user, and that others cannot access with `closed` bits in its mode. */
static long open_own(const char *folder, unsigned closed) {
  static Stat owner;
  long fd = sys(openat, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return fd;
  int is_own = sys(newfstatat, fd, "", &owner, AT_EMPTY_PATH) == 0 && owner.st_uid == (unsigned)sys(geteuid);
  if (is_own && (owner.st_mode & closed) == 0) return fd;
  sys(close, fd);
  return -EACCES;
}

/** The variables that a started service gets. Others may be secrets, or only for the call that starts it. */
static char **service_environment(void) {
  static const char *const names[] = {"HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TEMP", "TMP", "TMPDIR", "TZ", "USER",
                                      "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XSYS_FFI", 0};
  static char *kept[16];
  int count = 0;
  for (int at = 0; names[at]; at++) {
    const char *value = variable(names[at]);
    if (value) kept[count++] = (char *)value - length(names[at]) - 1;
  }
  return kept;
}

/**
 * Starts a service in the background for later calls. The service holds the lock as long as it lives, so that only one
 * is started. The directory must be private, because others could replace the socket in it.
 */
static void start_service(const char *folder, const char *socket) {
  const char *runtime = variable("XDG_RUNTIME_DIR");
  TEXT(path, PATH_MOST);
  TEXT(own, SURROUNDINGS_MOST);
  if (folder[0] != '/' || length(socket) > 107 || !put_executable(&path) || !put_surroundings(&own)) return;
  long parent = runtime ? open_own(runtime, 0) : 0; /* of another user after sudo */
  if (parent < 0) return;
  sys(mkdirat, AT_FDCWD, folder, 0700);
  long directory = open_own(folder, 077);
  if (directory < 0) return;
  long fd = sys(openat, directory, "front.lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (fd < 0) return;
  long child = sys(flock, fd, 2 | 4 /* LOCK_EX | LOCK_NB */) < 0 ? -1 : sys(clone, SIGCHLD);
  if (child > 0) sys(wait4, child);
  if (child != 0) {
    sys(close, fd);
    return;
  }
  sys(setsid);
  if (sys(clone, SIGCHLD) != 0) leave(0); /* the service must not become a child of the caller */
  long null = sys(openat, AT_FDCWD, "/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; stream++) sys(dup3, null, stream);
  sys(dup3, fd, 3);
  if (sys(close_range, 4, ~0U) < 0) leave(UNAVAILABLE); /* Linux 5.9: it would keep the caller's pipes open */
  sys(chdir, "/");
  const char *command[] = {path.bytes, "serve",     "--socket", socket,        "--idle-timeout",
                           "60",       "--log-level", "silent",   0};
  sys(rt_sigprocmask, SIG_SETMASK, &caller_mask, 0, 8);
  sys(execve, path.bytes, command, service_environment());
  leave(UNAVAILABLE);
}

/** Connects to a service that accepts this process, or hands over. */
static void find_service(void) {
  static const char *const programs[] = {"serve",    "server",     "service-unit", "completion",
                                         "terminal", "__complete", 0};
  const char *off = variable("XSYS_FRONT"), *named = variable("XYPRISS_IPC_PATH"), *configured = variable("XSYS_SOCKET");
  if ((off && equal(off, "off")) || is_one_of(first_positional(), programs) || is_app_program()) hand_over();
  for (char **entry = environment; *entry; entry++) if (after(*entry, "LD_")) hand_over(); /* changes every program */
  for (int stream = 0; stream < 3; stream++) if (sys(fcntl, stream, F_GETFD) < 0) hand_over();
  if (named && use(named) != 1) hand_over();
  if (named) return;
  TEXT(folder, PATH_MOST);
  put_folder(&folder);
  TEXT(standard, PATH_MOST);
  put(&standard, folder.bytes, "/xsys.sock");
  TEXT(own, PATH_MOST);
  put(&own, folder.bytes, "/front.sock");
  long directory = own.full ? -EACCES : open_own(folder.bytes, 077);
  if (configured && use(configured) == 1) return;
  if (!configured && directory >= 0 && use(standard.bytes) == 1) return;
  int used = directory < 0 ? -1 : use(own.bytes);
  if (used == 1) return;
  if (used < 0 && (directory >= 0 || directory == -ENOENT)) start_service(folder.bytes, own.bytes);
  hand_over();
}

#endif
