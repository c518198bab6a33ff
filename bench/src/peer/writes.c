/*
 * writes FILE: carries out the writes that FILE lists, one open, write and close each, and prints the milliseconds taken.
 * FILE has two lines for each write: the path, and the text to be written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static ssize_t line(char **text, size_t *room, FILE *from)
{
	ssize_t length = getline(text, room, from);

	if (length > 0 && (*text)[length - 1] == '\n')
		(*text)[--length] = '\0';
	return length;
}

int main(int count, char **words)
{
	char *path = NULL, *text = NULL;
	size_t path_room = 0, text_room = 0;
	ssize_t length;
	double taken = 0;
	FILE *list = count == 2 ? fopen(words[1], "r") : NULL;

	if (list == NULL) {
		fprintf(stderr, "usage: writes FILE\n");
		return 2;
	}
	while (line(&path, &path_room, list) >= 0 && (length = line(&text, &text_room, list)) >= 0) {
		double started = now();
		int file = open(path, O_WRONLY);

		if (file < 0 || write(file, text, length) != length || close(file) != 0) {
			fprintf(stderr, "%s: %s: %s\n", path, text, strerror(errno));
			return 1;
		}
		taken += now() - started;
	}
	printf("%f\n", taken);
	return 0;
}
