#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

// glibc 2.32 and 2.34 moved these into libc under new versions; the old ones are there everywhere. musl ignores versions.
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#else
#error "not built for this architecture"
#endif
__asm__(".symver pthread_create,pthread_create@" OLDEST);
__asm__(".symver pthread_attr_setstacksize,pthread_attr_setstacksize@" OLDEST);
__asm__(".symver pthread_sigmask,pthread_sigmask@" OLDEST);

#define PAGE 4096
#define STACK (64 * 1024)
// An ioctl that takes less, all of it on the processor, is quick: another thread would cost more than it brings.
#define QUICK_NANOSECONDS 200000
// Of so many that a thread makes, it looks at one for whether it sleeps.
#define LOOK_EVERY 8
// How often a thread looks whether the one that serves quick ioctls has met a slow one.
#define WATCH_NANOSECONDS 1000000
// Quick ioctls of which JavaScript is told together.
#define TOGETHER 32

// Something that is freed or closed with the pool at the latest.
struct holding {
  struct holding *next;
  void *memory;
  int fd;
};

struct pool {
  pthread_mutex_t lock;
  pthread_cond_t work;
  // Held while JavaScript is told, without `lock`: it wakes to take that one.
  pthread_mutex_t telling;
  // The environment and each thread.
  uint32_t references;
  // Changed with both locks held.
  int abandoned;

  uint32_t capacity;
  struct slot *slots;
  size_t length;
  uint32_t *submitted;
  uint32_t *completed;

  // Slots that wait for a thread, a ring, and slots that have ended: each slot is in one of them at most once.
  uint32_t *waiting;
  uint32_t first, waiting_count;
  uint32_t *ended;
  uint32_t ended_count;
  int notified;

  // While ioctls are quick, one thread serves them one after another, and one watches that it gets on.
  int quick;
  int watched;
  uint32_t serving;
  uint64_t served;

  uint32_t threads, idle, max_threads;
  // One of them has been called, and is not there yet.
  int coming;
  uint32_t idle_milliseconds;
  pool_notify notify;
  void *context;
  struct holding *holdings;
};

static void destroy(struct pool *pool) {
  for (struct holding *holding = pool->holdings, *next; holding != NULL; holding = next) {
    next = holding->next;
    if (holding->memory != NULL) free(holding->memory);
    else close(holding->fd);
    free(holding);
  }
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->telling);
  pthread_mutex_destroy(&pool->lock);
  free(pool->slots);
  free(pool->waiting);
  free(pool->ended);
  free(pool);
}

// Gives the lock back, and the pool with its last reference.
static void unlock_and_release(struct pool *pool) {
  uint32_t left = --pool->references;
  pthread_mutex_unlock(&pool->lock);
  if (left == 0) destroy(pool);
}

static void *zeroed_pages(size_t length) {
  void *memory;
  if (length > SIZE_MAX - PAGE || posix_memalign(&memory, PAGE, (length + PAGE - 1) & ~(size_t)(PAGE - 1)) != 0) return NULL;
  return memset(memory, 0, length);
}

struct pool *pool_create(uint32_t capacity, uint32_t max_threads, uint32_t idle_milliseconds, pool_notify notify, void *context) {
  struct pool *pool = calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  pool->references = 1;
  pool->capacity = capacity;
  pool->max_threads = max_threads;
  pool->idle_milliseconds = idle_milliseconds;
  pool->notify = notify;
  pool->context = context;
  pool->length = capacity * (sizeof(struct slot) + 2 * sizeof(uint32_t));
  pool->slots = zeroed_pages(pool->length);
  pool->waiting = calloc(capacity, sizeof *pool->waiting);
  pool->ended = calloc(capacity, sizeof *pool->ended);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_mutex_init(&pool->telling, NULL);
  pthread_cond_init(&pool->work, NULL);
  if (pool->slots == NULL || pool->waiting == NULL || pool->ended == NULL) {
    destroy(pool);
    return NULL;
  }
  pool->submitted = (uint32_t *)(pool->slots + capacity);
  pool->completed = pool->submitted + capacity;
  return pool;
}

void *pool_memory(struct pool *pool, size_t *length) {
  *length = pool->length;
  return pool->slots;
}

static uint64_t nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void control(struct slot *slot) {
  slot->error = ioctl(slot->fd, slot->request, slot->argument) < 0 ? errno : 0;
}

// How often the thread has given its processor away to wait for something.
static long sleeps(void) {
  struct rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

// Whether JavaScript is to be told now; whoever gets a 1 gives the lock back and tells.
static int must_tell(struct pool *pool) {
  if (pool->notified || pool->ended_count == 0) return 0;
  return pool->notified = 1;
}

static void tell(struct pool *pool) {
  pthread_mutex_lock(&pool->telling);
  if (!pool->abandoned) pool->notify(pool->context);
  pthread_mutex_unlock(&pool->telling);
}

// The same as must_tell, for a slot that has ended: quick ones can wait for each other.
static int end(struct pool *pool, uint32_t index) {
  pool->ended[pool->ended_count++] = index;
  if (pool->quick && pool->watched && pool->waiting_count > 0 && pool->ended_count < TOGETHER) return 0;
  return must_tell(pool);
}

static void *serve(void *argument);

static int start_thread(struct pool *pool) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  if (pthread_attr_init(&attributes) != 0) return -1;
  pthread_attr_setstacksize(&attributes, STACK);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // An ioctl that a signal interrupts is started again by the kernel, and its command with it: these threads take no signals.
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failure = pthread_create(&thread, &attributes, serve, pool);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (failure != 0) return -1;
  pool->threads++;
  pool->references++;
  return 0;
}

// Sees to it that somebody takes the first slot that waits. Who takes one calls it again, so that one thread wakes the next. 1: JavaScript must be told.
static int call_for_a_thread(struct pool *pool) {
  int telling = 0;
  if (pool->waiting_count == 0 || pool->coming) return 0;
  if (pool->idle > 0) {
    pool->coming = 1;
    pthread_cond_signal(&pool->work);
  } else if (pool->threads < pool->max_threads && start_thread(pool) == 0) {
    pool->coming = 1;
  } else if (pool->threads == 0) {
    // Nobody will ever come.
    while (pool->waiting_count > 0) {
      uint32_t index = pool->waiting[pool->first];
      pool->first = (pool->first + 1) % pool->capacity;
      pool->waiting_count--;
      pool->slots[index].error = EAGAIN;
      telling |= end(pool, index);
    }
  }
  return telling;
}

// Waits on the condition for at most the time; 0: it is over.
static int wait_for(struct pool *pool, uint64_t time) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  time += (uint64_t)until.tv_nsec;
  until.tv_sec += (time_t)(time / 1000000000);
  until.tv_nsec = (long)(time % 1000000000);
  int called = pthread_cond_timedwait(&pool->work, &pool->lock, &until) == 0;
  pool->coming = 0;
  return called;
}

// Waits for work; 0: there has been none for the idle time.
static int wait_for_work(struct pool *pool) {
  pool->idle++;
  while (pool->waiting_count == 0 && !pool->abandoned && wait_for(pool, (uint64_t)pool->idle_milliseconds * 1000000)) continue;
  pool->idle--;
  return pool->waiting_count > 0;
}

// Leaves what waits to the thread that serves it as long as that one gets on. 1: it does not, or it has served all.
static void watch(struct pool *pool) {
  pool->watched = 1;
  while (pool->quick && pool->waiting_count > 0 && !pool->abandoned) {
    uint64_t before = pool->served;
    struct timespec pause = {0, WATCH_NANOSECONDS};
    pthread_mutex_unlock(&pool->lock);
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&pool->lock);
    if (pool->abandoned) break;
    if (pool->served == before) pool->quick = 0;
    if (!must_tell(pool)) continue;
    pthread_mutex_unlock(&pool->lock);
    tell(pool);
    pthread_mutex_lock(&pool->lock);
  }
  pool->watched = 0;
}

static void *serve(void *argument) {
  struct pool *pool = argument;
  uint32_t made = 0;
  pthread_mutex_lock(&pool->lock);
  pool->coming = 0;
  for (;;) {
    if (pool->abandoned || (pool->waiting_count == 0 && !wait_for_work(pool)) || pool->abandoned) break;
    if (pool->quick && !pool->watched && pool->serving > 0) {
      watch(pool);
      continue;
    }
    uint32_t index = pool->waiting[pool->first];
    pool->first = (pool->first + 1) % pool->capacity;
    pool->waiting_count--;
    pool->serving++;
    // This thread counts among them, so that nobody need be told.
    if (!pool->quick || !pool->watched) call_for_a_thread(pool);
    pthread_mutex_unlock(&pool->lock);
    // What sleeps leaves its processor to the others: one thread for all would make a device wait that can do many at a time.
    int look = ++made % LOOK_EVERY == 0;
    long slept = look ? sleeps() : 0;
    uint64_t started = nanoseconds();
    control(&pool->slots[index]);
    int took_long = nanoseconds() - started >= QUICK_NANOSECONDS;
    int has_slept = look && sleeps() != slept;
    pthread_mutex_lock(&pool->lock);
    pool->serving--;
    pool->served++;
    if (took_long) pool->quick = 0;
    else if (look) pool->quick = !has_slept;
    if (pool->abandoned || !end(pool, index)) continue;
    pthread_mutex_unlock(&pool->lock);
    tell(pool);
    pthread_mutex_lock(&pool->lock);
  }
  pool->threads--;
  unlock_and_release(pool);
  return NULL;
}

void pool_submit(struct pool *pool, uint32_t count) {
  pthread_mutex_lock(&pool->lock);
  for (uint32_t at = 0; at < count; at++) {
    uint32_t last = (pool->first + pool->waiting_count) % pool->capacity;
    pool->waiting[last] = pool->submitted[at];
    pool->waiting_count++;
  }
  // A thread that serves quick ioctls under another's eyes takes these too.
  int telling = (!pool->quick || !pool->watched || pool->serving == 0) && call_for_a_thread(pool);
  pthread_mutex_unlock(&pool->lock);
  if (telling) tell(pool);
}

uint32_t pool_collect(struct pool *pool) {
  pthread_mutex_lock(&pool->lock);
  uint32_t count = pool->ended_count;
  memcpy(pool->completed, pool->ended, count * sizeof *pool->ended);
  pool->ended_count = 0;
  pool->notified = 0;
  pthread_mutex_unlock(&pool->lock);
  return count;
}

void pool_call(struct pool *pool, uint32_t index) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  control(&pool->slots[index]);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void pool_abandon(struct pool *pool) {
  pthread_mutex_lock(&pool->telling);
  pthread_mutex_lock(&pool->lock);
  pool->abandoned = 1;
  pthread_mutex_unlock(&pool->telling);
  pthread_cond_broadcast(&pool->work);
  unlock_and_release(pool);
}

static struct holding *hold(struct pool *pool, void *memory, int fd) {
  struct holding *holding = malloc(sizeof *holding);
  if (holding == NULL) return NULL;
  *holding = (struct holding){.next = pool->holdings, .memory = memory, .fd = fd};
  pool->holdings = holding;
  return holding;
}

// Only the environment's thread changes the holdings, and it no longer does when they are freed.
static int let_go(struct pool *pool, void *memory, int fd) {
  for (struct holding **at = &pool->holdings; *at != NULL; at = &(*at)->next) {
    struct holding *holding = *at;
    if (holding->memory != memory || holding->fd != fd) continue;
    *at = holding->next;
    free(holding);
    return 0;
  }
  errno = EBADF;
  return -1;
}

void *pool_allocate(struct pool *pool, size_t length) {
  void *memory = zeroed_pages(length);
  if (memory != NULL && hold(pool, memory, -1) == NULL) {
    free(memory);
    return NULL;
  }
  return memory;
}

void pool_free(struct pool *pool, void *memory) {
  if (let_go(pool, memory, -1) == 0) free(memory);
}

int pool_adopt(struct pool *pool, int fd) {
  int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  // Opening must not wait for a device; ioctls must, where a host recovers from an error.
  if (own >= 0) fcntl(own, F_SETFL, fcntl(own, F_GETFL) & ~O_NONBLOCK);
  if (own >= 0 && hold(pool, NULL, own) == NULL) {
    close(own);
    errno = ENOMEM;
    return -1;
  }
  return own;
}

int pool_close(struct pool *pool, int fd) {
  return let_go(pool, NULL, fd) == 0 ? close(fd) : -1;
}
