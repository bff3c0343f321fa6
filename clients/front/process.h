/* This process: its words and environment, the executable beside it, and what it has in common with a service. */
#ifndef PROCESS_H
#define PROCESS_H

#include "text.h"

#define PATH_MOST 4096
enum { UNAVAILABLE = 69, IO_ERROR = 74 }; /* exit statuses: protocol/errors.ts */

static char **words, **environment;
static const char *own_path; /* as this program was started; used without /proc */
static __u64 caller_mask; /* the signals that the caller blocked */

/** A variable of the environment; 0 if it is missing or empty. */
static const char *variable(const char *name) {
  for (char **entry = environment; *entry; entry++) {
    const char *value = after(*entry, name);
    if (value && *value == '=') return value[1] ? value + 1 : 0;
  }
  return 0;
}

static void complain(const char *first, const char *second) {
  TEXT(line, PATH_MOST + 256);
  put(&line, "xsys: ", first, second, "\n");
  sys(write, 2, line.bytes, line.size);
}

/** Appends the path of the executable beside this program. */
static int put_executable(Text *path) {
  long size = sys(readlinkat, AT_FDCWD, "/proc/self/exe", path->bytes, path->most - 1);
  if (size > 0) path->bytes[path->size = (size_t)size] = 0;
  else put(path, own_path);
  while (path->size > 0 && path->bytes[path->size - 1] != '/') path->size--;
  put(path, EXECUTABLE);
  return !path->full;
}

/** Continues as the executable, with the same words, environment and process id. */
__attribute__((noreturn)) static void hand_over(void) {
  TEXT(path, PATH_MOST);
  if (put_executable(&path)) {
    sys(rt_sigprocmask, SIG_SETMASK, &caller_mask, 0, 8);
    sys(execve, path.bytes, words, environment);
    complain("this program needs the executable beside it, which cannot be run: ", path.bytes);
  } else {
    complain("the path of this program is too long", "");
  }
  leave(UNAVAILABLE);
}

/**
 * Whether this program was called by a name under which it is `xsys app`: clients/typescript/launcher/app-program.ts. A
 * platform may follow the name. Other names that begin like this run the executable as well, which decides.
 */
static int is_app_program(void) {
  static const char *const names[] = {"prydam", "guardian", "xypriss-guardian", 0};
  const char *name = words[0] ? words[0] : "";
  for (const char *at = name; *at; at++) if (*at == '/') name = at + 1;
  for (int i = 0; names[i]; i++) if (after(name, names[i])) return 1;
  return 0;
}

/** The first word that is not an option: cmd/xsys/globals.ts. */
static const char *first_positional(void) {
  static const char *const with_value[] = {"--root", "--signature", 0};
  for (char **word = words + 1; *word; word++) {
    if ((*word)[0] != '-') return *word;
    int takes_next = is_one_of(*word, with_value) || (equal(*word, "--connect") && word[1] && contains(word[1], "/"));
    if (takes_next && word[1]) word++;
  }
  return "";
}

/** Appends the label of a security module; a dash without one. */
static void put_label(Text *to) {
  static char label[256];
  long fd = sys(openat, AT_FDCWD, "/proc/self/attr/current", O_RDONLY);
  long size = fd < 0 ? -1 : sys(read, fd, label, sizeof label - 1);
  if (fd >= 0) sys(close, fd);
  for (long at = 0; at < size; at++) if (label[at] <= ' ' || label[at] == '"' || label[at] == '\\') label[at] = 0;
  put(to, " ", size > 0 && label[0] ? label : "-");
}

/**
 * Appends what a service must have in common with this process to run its command line as this process would, as
 * internal/front/surroundings.ts composes it. False if it is not known.
 */
static int put_surroundings(Text *to) {
  static const char *const namespaces[] = {"/proc/self/ns/mnt",  "/proc/self/ns/net",  "/proc/self/ns/pid",
                                           "/proc/self/ns/time", "/proc/self/ns/user", "/proc/self/ns/uts", 0};
  static const int limits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE};
  static unsigned groups[256];
  static Stat found;
  __u32 header[2] = {_LINUX_CAPABILITY_VERSION_3, 0}, capabilities[6];
  long mask = sys(umask, 077);
  sys(umask, mask);
  long count = sys(getgroups, 256, groups);
  if (count < 0 || sys(capget, header, capabilities) < 0 || sys(newfstatat, AT_FDCWD, "/", &found, 0) < 0) return 0;
  long const numbers[] = {sys(getuid), sys(geteuid), sys(getgid), sys(getegid), mask, sys(getpriority, 0, 0),
                          sys(prctl, PR_GET_NO_NEW_PRIVS), sys(prctl, PR_GET_SECCOMP)};
  put(to, BUILD);
  for (int at = 0; at < 8; at++) put(to, " ", DECIMAL(numbers[at]));
  for (int at = 0; at < 6; at++) {
    Limit limit = {0, 0};
    sys(prlimit64, 0, limits[at], 0, &limit);
    put(to, " ", DECIMAL(limits[at] == RLIMIT_NOFILE ? limit.hard : limit.soft)); /* Node raises the soft one */
  }
  if (count == 0) put(to, " ");
  for (long at = 0; at < count; at++) put(to, at == 0 ? " " : ",", DECIMAL(groups[at]));
  put(to, " ", HEXADECIMAL((__u64)capabilities[3] << 32 | capabilities[0]));
  put(to, " ", DECIMAL(found.st_dev), " ", DECIMAL(found.st_ino));
  for (int at = 0; namespaces[at]; at++) {
    long failed = sys(newfstatat, AT_FDCWD, namespaces[at], &found, 0);
    put(to, " ", failed < 0 ? "0" : DECIMAL(found.st_ino));
  }
  put_label(to);
  return !to->full;
}

#endif
