/*
 * sg-reads NODE THREADS COUNT BYTES: COUNT times READ(10) of BYTES through SG_IO, by so many threads with a descriptor each, and prints
 * the seconds that it took and the seconds of processor time. Headers of version 4 on a node below /dev/bsg, of version 3 elsewhere.
 */
#include <fcntl.h>
#include <linux/bsg.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>

#define BLOCK 512

static const char *node;
static unsigned long per_thread, bytes;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *reads(void *unused)
{
	int fd = open(node, O_RDWR), v4 = strncmp(node, "/dev/bsg/", 9) == 0;
	unsigned char cdb[10] = { 0x28 }, sense[252];
	void *data;

	if (fd < 0 || posix_memalign(&data, 4096, bytes) != 0)
		fail(node);
	cdb[8] = bytes / BLOCK;
	for (unsigned long n = 0; n < per_thread; n++) {
		cdb[5] = n * cdb[8];
		if (v4) {
			struct sg_io_v4 header = {
				.guard = 'Q', .request_len = sizeof cdb, .request = (uintptr_t)cdb, .max_response_len = sizeof sense,
				.response = (uintptr_t)sense, .din_xfer_len = bytes, .din_xferp = (uintptr_t)data, .timeout = 60000,
			};

			if (ioctl(fd, SG_IO, &header) < 0)
				fail("SG_IO");
			if (header.device_status != 0 || header.transport_status != 0)
				fail("READ(10)");
		} else {
			struct sg_io_hdr header = {
				.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmd_len = sizeof cdb, .cmdp = cdb,
				.mx_sb_len = sizeof sense, .sbp = sense, .dxfer_len = bytes, .dxferp = data, .timeout = 60000,
			};

			if (ioctl(fd, SG_IO, &header) < 0)
				fail("SG_IO");
			if (header.status != 0 || header.host_status != 0)
				fail("READ(10)");
		}
	}
	return NULL;
}

int main(int count, char **words)
{
	unsigned long threads = count == 5 ? strtoul(words[2], NULL, 10) : 0;
	pthread_t *started = calloc(threads + 1, sizeof *started);
	double begun;

	if (threads == 0 || started == NULL) {
		fprintf(stderr, "usage: sg-reads NODE THREADS COUNT BYTES\n");
		return 2;
	}
	node = words[1];
	per_thread = strtoul(words[3], NULL, 10) / threads;
	bytes = strtoul(words[4], NULL, 10);
	begun = now();
	for (unsigned long n = 0; n < threads; n++)
		if (pthread_create(&started[n], NULL, reads, NULL) != 0)
			fail("pthread_create");
	for (unsigned long n = 0; n < threads; n++)
		pthread_join(started[n], NULL);
	printf("%f %f\n", now() - begun, cpu());
	return 0;
}
