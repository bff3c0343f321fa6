/*
 * Linux system calls without a C library: a program that loads none starts in half the time, and any gcc or clang can
 * build it, also for the other architecture. `sys(read, fd, to, size)` returns the kernel's result, which is a negative
 * error number on failure.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <asm/ioctls.h>
#include <asm/resource.h>
#include <asm/socket.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/time.h>
#include <linux/types.h>

enum { SIGINT = 2, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SIGXFSZ = 25, SIGWINCH = 28 };
enum { SIG_BLOCK = 0, SIG_SETMASK = 2, POLLIN = 1, POLLOUT = 4, AF_UNIX = 1, SOCK_STREAM = 1 };
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SA_RESTORER 0x04000000UL
#define SA_RESETHAND 0x80000000UL

typedef unsigned long size_t;
typedef struct stat Stat;
typedef struct { int fd; short events, revents; } Poll;
typedef struct { long seconds, nanoseconds; } Time;
typedef struct { __u64 soft, hard; } Limit;
typedef struct { unsigned short rows, columns, x, y; } Window;
typedef struct { int pid; unsigned uid, gid; } Credentials;
typedef struct { unsigned short family; char path[108]; } Address;

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
__asm__("restore_signal:\n mov $15, %eax\n syscall\n"); /* rt_sigreturn, which this architecture wants named */
extern void restore_signal(void);
#define RESTORER SA_RESTORER, restore_signal

static inline long system_call(long number, long a, long b, long c, long d, long e) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n mov x29, #0\n mov x0, sp\n bl start\n");
#define RESTORER 0, 0

static inline long system_call(long number, long a, long b, long c, long d, long e) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}
#else
#error "the front is built for x86-64 and arm64 only"
#endif

#define sys(...) sys_padded(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define sys_padded(name, a, b, c, d, e, ...) \
  system_call(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

__attribute__((noreturn)) static inline void leave(int status) {
  for (;;) sys(exit_group, status);
}

/** Sets the handler of a signal. It interrupts system calls. */
static inline void on_signal(int signal, void (*handler)(int), unsigned long flags) {
  struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); __u64 mask; } action = {
    handler, flags | RESTORER, 0};
  sys(rt_sigaction, signal, &action, 0, 8);
}

/**
 * Copies bytes, also towards the start of the same buffer. The compiler may call it, too; the barrier keeps it from
 * replacing the loop by a call of the function itself.
 */
void *memcpy(void *to, const void *from, size_t size) {
  for (size_t at = 0; at < size; at++) {
    ((char *)to)[at] = ((const char *)from)[at];
    __asm__ volatile("" ::: "memory");
  }
  return to;
}

#endif
