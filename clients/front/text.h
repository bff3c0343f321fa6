/* Texts: comparing them, and composing them in a buffer of fixed size. */
#ifndef TEXT_H
#define TEXT_H

#include "system.h"

static size_t length(const char *text) {
  size_t size = 0;
  while (text[size]) size++;
  return size;
}

static int equal(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/** What follows the prefix; 0 if the text does not begin with it. */
static const char *after(const char *text, const char *prefix) {
  while (*prefix) if (*text++ != *prefix++) return 0;
  return text;
}

static int contains(const char *text, const char *part) {
  for (; *text; text++) if (after(text, part)) return 1;
  return 0;
}

static int is_one_of(const char *text, const char *const *texts) {
  for (; *texts; texts++) if (equal(text, *texts)) return 1;
  return 0;
}

/** A text in a buffer of `most` bytes, ended by a NUL; `full` when something did not fit. */
typedef struct { char *bytes; size_t size, most; int full; } Text;
#define TEXT(name, most) char name##_bytes[most]; Text name = {name##_bytes, 0, most, 0}; name##_bytes[0] = 0

/** Appends texts. */
#define put(to, ...) put_all(to, (const char *const[]){__VA_ARGS__, 0})
static void put_all(Text *to, const char *const *pieces) {
  for (; *pieces; pieces++) {
    for (const char *at = *pieces; *at; at++) {
      if (to->size + 1 >= to->most) to->full = 1;
      else to->bytes[to->size++] = *at;
    }
  }
  to->bytes[to->size] = 0;
}

/** A number as a text that lasts as long as the block it is used in. */
#define DECIMAL(number) digits((char[24]){0}, (__u64)(number), 10)
#define HEXADECIMAL(number) digits((char[24]){0}, (__u64)(number), 16)
static const char *digits(char *bytes, __u64 number, unsigned base) {
  char *at = bytes + 23;
  do *--at = "0123456789abcdef"[number % base]; while (number /= base);
  return at;
}

/** The number before `}`, of at most nine digits; -1 if there is none. */
static long number_at(const char *text) {
  long number = 0;
  int digits = 0;
  for (; *text >= '0' && *text <= '9' && digits < 9; text++, digits++) number = number * 10 + (*text - '0');
  return digits > 0 && *text == '}' ? number : -1;
}

#endif
