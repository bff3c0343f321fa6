/*
 * The native front: runs a command line in a running xsys service, without the start of Node that the executable needs.
 * What it cannot hand to a service, it hands to the executable beside it: README.md.
 */
#if !defined(BUILD) || !defined(EXECUTABLE)
#error "scripts/build/front.ts defines the id of the build and the name of the executable"
#endif
#include "service.h"

/* Ids of the byte streams, and the sizes: protocol/wire/front.ts, protocol/wire/message.ts. */
enum { INPUT = 0, OUTPUT = 1, ERRORS = 2, LINE = 3 };
#define LINE_MOST 262144
#define CHUNK_MOST 32768
#define CHUNK_HEADER 10
#define GRANT_AT 65536
#define DRAIN_TIMEOUT 30

static const __u64 HANDLED = 1UL << (SIGINT - 1) | 1UL << (SIGTERM - 1) | 1UL << (SIGWINCH - 1);
static volatile int interrupted, terminated, resized;

static long may_read; /* bytes of standard input that the service has asked for */
static int reads_input, input_ended;
static int has_begun; /* the service runs the command */
static int is_used[3]; /* output streams */
static long ungranted[3]; /* bytes written since the last credit */

static void take_signal(int signal) {
  if (signal == SIGINT) interrupted = 1;
  else if (signal == SIGTERM) terminated = 1;
  else resized = 1;
}

static void send_number(const char *start, long number, int id) {
  MESSAGE(message, 256, "{\"type\":\"");
  put(&message, start, DECIMAL(number), "},\"id\":", DECIMAL(id), "}");
  send_message(&message);
}

/** Sends a chunk, whose bytes are in the frame behind the room for its header. */
static void send_chunk(int id, unsigned char *frame, size_t size, int last) {
  put_size(frame, CHUNK_HEADER - 4 + size);
  frame[4] = 0x03;
  frame[5] = (unsigned char)last;
  put_size(frame + 6, (size_t)id);
  send_all(frame, CHUNK_HEADER + size);
}

static void put_terminals(Text *to) {
  static const char *const names[] = {"\"stdin\":", ",\"stdout\":", ",\"stderr\":"};
  for (int fd = 0; fd < 3; fd++) {
    Window size;
    if (sys(ioctl, fd, TIOCGWINSZ, &size) < 0) put(to, names[fd], "null");
    else put(to, names[fd], "{\"columns\":", DECIMAL(size.columns), ",\"rows\":", DECIMAL(size.rows), "}");
  }
}

/** Sends the words, the directory and the environment, each ended by a NUL. */
static void send_line(void) {
  static unsigned char line[CHUNK_HEADER + LINE_MOST];
  static char folder[PATH_MOST];
  char *folders[] = {folder, 0}, **lists[] = {words + 1, folders, environment, 0};
  size_t size = 0, count = 0;
  if (sys(getcwd, folder, sizeof folder) <= 0 || folder[0] != '/') hand_over();
  while (words[1 + count]) count++;
  for (int list = 0; lists[list]; list++) {
    for (char **piece = lists[list]; *piece; piece++) {
      size_t bytes = length(*piece) + 1;
      if (bytes > LINE_MOST - size) hand_over();
      memcpy(line + CHUNK_HEADER + size, *piece, bytes);
      size += bytes;
    }
  }
  MESSAGE(request, 512, "{\"type\":\"RunCommandLine\",\"payload\":{\"words\":");
  put(&request, DECIMAL(count), ",\"parent\":", DECIMAL(sys(getppid)), ",");
  put_terminals(&request);
  put(&request, "}}");
  send_message(&request);
  send_chunk(LINE, line, size, 1);
}

/** Passes on the signals that have arrived. */
static void send_signals(void) {
  if (interrupted) send_number("Signal\",\"payload\":{\"number\":", SIGINT, 0);
  if (terminated) send_number("Signal\",\"payload\":{\"number\":", SIGTERM, 0);
  interrupted = terminated = 0;
  if (!resized) return;
  resized = 0;
  MESSAGE(message, 256, "{\"type\":\"Resize\",\"payload\":{");
  put_terminals(&message);
  put(&message, "}}");
  send_message(&message);
}

/** Reads the rest of the input: its writer may not expect that the pipe is closed early. */
static void drain_input(void) {
  static char dropped[CHUNK_MOST];
  Poll input = {0, POLLIN, 0};
  Window size;
  Time start, now;
  if (!reads_input || sys(ioctl, 0, TIOCGWINSZ, &size) >= 0) return;
  on_signal(SIGINT, SIG_DFL, 0);
  on_signal(SIGTERM, SIG_DFL, 0);
  sys(rt_sigprocmask, SIG_SETMASK, &caller_mask, 0, 8);
  sys(clock_gettime, CLOCK_MONOTONIC, &start);
  do {
    input_ended = input_ended || wait_for(&input, 1, DRAIN_TIMEOUT) <= 0 || sys(read, 0, dropped, sizeof dropped) <= 0;
    sys(clock_gettime, CLOCK_MONOTONIC, &now);
  } while (!input_ended && now.seconds - start.seconds < DRAIN_TIMEOUT);
}

/** The service ended, or broke the protocol. A call that has begun is not repeated: it may have done its work. */
__attribute__((noreturn)) static void fail(void) {
  if (!has_begun) hand_over();
  static const char reason[] = "the connection to the service was lost before the command was finished";
  int json = 0;
  for (char **word = words + 1; *word; word++) json |= equal(*word, "--json");
  if (json && !is_used[OUTPUT]) {
    TEXT(answer, 512);
    put(&answer, "{\"status\":\"error\",\"message\":\"", reason, "\",\"code\":\"UNAVAILABLE\"}\n");
    sys(write, 1, answer.bytes, answer.size);
  } else {
    complain(reason, "");
  }
  drain_input();
  leave(UNAVAILABLE);
}

/** Standard output cannot be written: cmd/xsys/standard-streams.ts. A failure of standard error is ignored. */
static void write_failed(int id, long error) {
  if (id != OUTPUT) return;
  if (error == EPIPE) leave(0);
  const char *reason = error == ENOSPC ? "no space left on device" : error == EIO ? "i/o error"
                       : error == EFBIG ? "file too large" : error == ECONNRESET ? "connection reset by peer"
                       : "bad file descriptor";
  complain("standard output cannot be written: ", reason);
  leave(IO_ERROR);
}

static void write_output(int id, const unsigned char *bytes, size_t size) {
  is_used[id] |= size > 0;
  ungranted[id] += (long)size;
  while (size > 0) {
    sys(rt_sigprocmask, SIG_SETMASK, &caller_mask, 0, 8); /* the write may wait for its reader */
    long done = sys(write, id, bytes, size);
    sys(rt_sigprocmask, SIG_BLOCK, &HANDLED, 0, 8);
    if (done == -EAGAIN) {
      Poll room = {id, POLLOUT, 0};
      wait_for(&room, 1, -1);
    } else if (done < 0 && done != -EINTR) {
      write_failed(id, -done);
      break;
    } else if (done > 0) {
      bytes += done;
      size -= (size_t)done;
    }
    send_signals();
  }
  if (ungranted[id] < GRANT_AT) return;
  send_number("Credit\",\"payload\":{\"bytes\":", ungranted[id], id);
  ungranted[id] = 0;
}

static void read_input(void) {
  static unsigned char frame[CHUNK_HEADER + CHUNK_MOST];
  long size = sys(read, 0, frame + CHUNK_HEADER, may_read < CHUNK_MOST ? may_read : CHUNK_MOST);
  if (size == -EAGAIN || size == -EINTR) return;
  if (size == -EISDIR) size = 0; /* as in Node */
  if (size < 0) send_number("ReadFailed\",\"payload\":{\"errno\":", -size, INPUT);
  else send_chunk(INPUT, frame, (size_t)size, size == 0);
  input_ended = size <= 0;
  if (size > 0) may_read -= size;
}

static void take_message(const char *text) {
  const char *found;
  long number;
  if ((found = after(text, "{\"type\":\"Exit\",\"payload\":{\"status\":")) && (number = number_at(found)) >= 0) {
    leave((int)(number & 255));
  }
  if ((found = after(text, "{\"type\":\"Credit\",\"payload\":{\"bytes\":")) && (number = number_at(found)) > 0) {
    reads_input = 1;
    if (may_read < 1L << 40) may_read += number;
    return;
  }
  if (after(text, "{\"type\":\"Begun\"")) {
    has_begun = 1;
    on_signal(SIGINT, take_signal, SA_RESETHAND); /* before, nothing has to be cancelled */
    on_signal(SIGTERM, take_signal, SA_RESETHAND);
    return;
  }
  if (!is_used[OUTPUT] && !is_used[ERRORS] && !reads_input && after(text, "{\"type\":\"HandOver\"")) hand_over();
  fail();
}

static void take_frame(size_t size) {
  size_t id;
  if (received[4] == '{') {
    unsigned char next = received[size];
    received[size] = 0;
    take_message((char *)received + 4);
    received[size] = next;
    return;
  }
  if (received[4] != 0x03 || size < CHUNK_HEADER) fail();
  id = size_at(received + 6);
  if (id != OUTPUT && id != ERRORS) fail();
  write_output((int)id, received + CHUNK_HEADER, size - CHUNK_HEADER);
}

/** Relays the streams and signals until the service ends the call. */
__attribute__((noreturn)) static void relay(void) {
  for (;;) {
    long size;
    while ((size = frame_size()) > 0) {
      take_frame((size_t)size);
      received_size -= (size_t)size;
      memcpy(received, received + size, received_size);
    }
    if (size < 0) fail();
    Poll fds[] = {{service, POLLIN, 0}, {0, POLLIN, 0}};
    long ready = wait_for(fds, may_read > 0 && !input_ended ? 2 : 1, -1);
    send_signals();
    if (ready <= 0) continue;
    if (fds[0].revents && !receive()) fail();
    if (fds[1].revents) read_input();
  }
}

void start(long *stack) {
  words = (char **)(stack + 1);
  environment = words + *stack + 1;
  if (*stack < 1) leave(UNAVAILABLE); /* started without even a name */
  long *last = (long *)environment;
  while (*last) last++;
  for (last++; *last != AT_NULL; last += 2) if (*last == AT_EXECFN) own_path = (const char *)last[1];
  on_signal(SIGPIPE, SIG_IGN, 0); /* as Node does, also for the executable */
  on_signal(SIGXFSZ, SIG_IGN, 0);
  sys(rt_sigprocmask, SIG_BLOCK, 0, &caller_mask, 8);
  find_service();
  send_line();
  sys(rt_sigprocmask, SIG_BLOCK, &HANDLED, 0, 8);
  on_signal(SIGWINCH, take_signal, 0);
  relay();
}
