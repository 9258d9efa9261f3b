/* SPDX-License-Identifier: GPL-2.0-only */
#include "xlbctl/client.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* A daemon that says nothing for so long hangs. */
#define PATIENCE_SECONDS 60

static enum exit_code fail_connect(const char *path, int err, char *error)
{
	if (err == ENOENT || err == ECONNREFUSED)
		snprintf(error, CLIENT_ERROR_SIZE,
			 "no xlbd at %s (start it, or -s PATH)", path);
	else
		snprintf(error, CLIENT_ERROR_SIZE,
			 "cannot reach xlbd at %s: %s", path, strerror(err));
	return EXIT_NO_DAEMON;
}

static enum exit_code client_connect(const char *path, FILE **out, char *error)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		snprintf(error, CLIENT_ERROR_SIZE,
			 "%s: a socket's path has at most %zu bytes", path,
			 sizeof(addr.sun_path) - 1);
		return EXIT_USAGE;
	}
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail_connect(path, errno, error);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		*out = fdopen(fd, "r+");
		if (*out)
			return EXIT_DONE;
	}
	err = errno;
	close(fd);
	return fail_connect(path, err, error);
}

static enum exit_code refused(char *error, const char *why)
{
	snprintf(error, CLIENT_ERROR_SIZE, "%s", why);
	for (char *c = error; *c; c++) {
		if (iscntrl((unsigned char)*c))
			*c = '?'; /* it may quote anything, to a terminal */
	}
	return EXIT_REFUSED;
}

static enum exit_code send_request(FILE *stream, const struct json *request,
				   char *error)
{
	char *text = json_print(request);
	size_t length, sent = 0;
	ssize_t n;

	if (!text)
		return refused(error, "out of memory");
	length = strlen(text);
	text[length] = '\n'; /* in place of its NUL */
	do {
		n = send(fileno(stream), text + sent, length + 1 - sent,
			 MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
	} while (n > 0 && sent <= length);
	free(text);
	return n > 0 ? EXIT_DONE : refused(error, strerror(errno));
}

/* One line; *more says whether another follows. */
static enum exit_code take_line(const struct json *line,
				void (*part)(void *arg, const struct json *data,
					     bool end),
				void *arg, bool *more, char *error)
{
	const char *why = json_text(json_get(line, "error"));
	const struct json *data = json_get(line, "data");

	*more = false;
	if (json_kind(json_get(line, "ok")) == JSON_KIND_FALSE && why)
		return refused(error, why);
	if (json_kind(data) != JSON_KIND_OBJECT)
		return refused(error,
			       "xlbd's answer is none: another version?");
	*more = json_kind(json_get(line, "end")) == JSON_KIND_FALSE;
	part(arg, data, !*more);
	return EXIT_DONE;
}

static enum exit_code broken_off(FILE *stream, char *error)
{
	if (ferror(stream) && errno == EAGAIN)
		return refused(error, "xlbd does not answer");
	return refused(
		error,
		"xlbd closed the connection before its answer was complete");
}

static enum exit_code
read_answer(FILE *stream,
	    void (*part)(void *arg, const struct json *data, bool end),
	    void *arg, char *error)
{
	enum exit_code code = EXIT_DONE;
	char why[JSON_ERROR_SIZE];
	char *bytes = NULL;
	struct json *line;
	bool more = true;
	size_t room = 0;
	ssize_t length;

	while (more && code == EXIT_DONE) {
		length = getline(&bytes, &room, stream);
		if (length <= 0) {
			code = broken_off(stream, error);
		} else if (json_parse(bytes, (size_t)length, &line, why)) {
			code = refused(error, "xlbd's answer is no JSON");
		} else {
			code = take_line(line, part, arg, &more, error);
			json_free(line);
		}
	}
	free(bytes);
	return code;
}

enum exit_code client_ask(const char *path, const struct json *request,
			  void (*part)(void *arg, const struct json *data,
				       bool end),
			  void *arg, char *error)
{
	enum exit_code code;
	FILE *stream;

	code = client_connect(path, &stream, error);
	if (code != EXIT_DONE)
		return code;
	code = send_request(stream, request, error);
	if (code == EXIT_DONE)
		code = read_answer(stream, part, arg, error);
	fclose(stream);
	return code;
}
