/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer without libFuzzer: gives every file of the directories named on
 * the command line to LLVMFuzzerTestOneInput, in order of their names, and
 * says which one it is at first, so that a crash names its input.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;
	int err = -1;

	if (!f)
		goto out;
	if (!fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size < 0 || fseek(f, 0, SEEK_SET))
		goto out;
	/* exactly as long as the input: reading past it is seen */
	data = malloc(size ? size : 1);
	if (!data || fread(data, 1, size, f) != (size_t)size)
		goto out;
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	err = 0;
out:
	if (err)
		perror(path);
	free(data);
	if (f)
		fclose(f);
	return err;
}

static int replay_directory(const char *directory, int *count)
{
	struct dirent **names;
	int n = scandir(directory, &names, NULL, alphasort), err = 0;
	char path[4096];

	if (n < 0) {
		perror(directory);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory,
			 names[i]->d_name);
		if (names[i]->d_name[0] != '.' && !err) {
			err = replay_file(path);
			++*count;
		}
		free(names[i]);
	}
	free(names);
	return err;
}

int main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++) {
		if (replay_directory(argv[i], &count))
			return 1;
	}
	printf("# %d inputs\n", count);
	return count ? 0 : 1;
}
