/* SPDX-License-Identifier: GPL-2.0-only */
/* A line from the control socket: parsed, or refused with a sentence. */
#include "xlbd/control_request.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[COMMAND_ERROR_SIZE] = "";
	struct control_request r;
	const struct command *c;

	if (control_request_parse((const char *)data, size, &r, error)) {
		assert(*error && strlen(error) < sizeof(error));
		return 0;
	}
	c = &commands[r.command];
	assert(!(c->required & ~r.values.given));
	assert(!(r.values.given & ~(c->positional | c->named)));
	assert(r.values.weight <= COMMAND_WEIGHT_MAX);
	return 0;
}
