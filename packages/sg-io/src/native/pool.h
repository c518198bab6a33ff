// Blocking ioctls on threads of their own: one for each that takes its time, one for all while they are quick. What an ioctl means, how many may be under way and what becomes of a result is none of its business.
#ifndef SCST_SG_IO_POOL_H
#define SCST_SG_IO_POOL_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

// Memory of one ioctl, shared with JavaScript: the argument starts at 0 and may use all of `argument`.
struct slot {
  unsigned char argument[1008];
  int32_t fd;
  uint32_t request;
  int32_t error;
  uint32_t unused;
};

struct pool;

// Told that ioctls have come to their end; called from any of its threads, never after pool_abandon, and not again before pool_collect.
typedef void (*pool_notify)(void *context);

// Returns NULL where there is no memory.
struct pool *pool_create(uint32_t capacity, uint32_t max_threads, uint32_t idle_milliseconds, pool_notify notify, void *context);
// No more ioctls are started and nobody is told of those that end. What the pool holds is freed once none is under way.
void pool_abandon(struct pool *pool);

// Slots, then room for `capacity` numbers that are submitted, then for as many that have completed; one piece of memory.
void *pool_memory(struct pool *pool, size_t *length);
// Queues the slots that stand in the memory's first list.
void pool_submit(struct pool *pool, uint32_t count);
// Moves the numbers of completed slots to the memory's second list; returns how many there are.
uint32_t pool_collect(struct pool *pool);
// One ioctl on the calling thread, with every signal held back until it has ended.
void pool_call(struct pool *pool, uint32_t index);

// Memory that stays until it is given back, or until the pool has gone with its last ioctl. `length` bytes at a page's start; NULL: no memory.
void *pool_allocate(struct pool *pool, size_t length);
void pool_free(struct pool *pool, void *memory);

// A descriptor of the pool's own for an open file: it stays open while an ioctl of an abandoned pool may still use it. -1: errno says why.
int pool_adopt(struct pool *pool, int fd);
int pool_close(struct pool *pool, int fd);

#endif
