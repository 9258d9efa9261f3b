/* SPDX-License-Identifier: GPL-2.0-only */
/* What adverts carry to be believed: PASS and AH, or auth_hmac's keys. */
#include "core/conf_check_vrrp.h"
#include "core/conf_message.h"
#include "core/conf_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_KEY 32 /* bytes of an HMAC key; the most is the struct's */

/* The block that counts, if there are several: the last. */
static const struct conf_block *last_block(const struct conf_block *b,
					   enum conf_block_id id)
{
	const struct conf_block *next = NULL, *last = NULL;

	while ((next = conf_block_next(b, id, next)))
		last = next;
	return last;
}

static void check_pass(struct conf_checking *c, const struct conf_said *s,
		       struct conf_vrrp *out)
{
	size_t length = strlen(s->text), most = sizeof(out->auth_pass);

	if (length > most) {
		conf_warn(c->messages, &s->pos,
			  "auth_pass is cut to %zu characters", most);
		length = most;
	}
	memcpy(out->auth_pass, s->text, length);
	/* what is printed would not be read back the same */
	if (length && s->text[length - 1] == '\\')
		conf_error(c->messages, &s->pos,
			   "auth_pass cannot end in a backslash");
}

static void check_simple(struct conf_checking *c, const struct conf_block *b,
			 struct conf_vrrp *out)
{
	const struct conf_said *type = conf_said_here(b, SLOT_AUTH_TYPE);
	const struct conf_said *pass = conf_said_here(b, SLOT_AUTH_PASS);

	if (pass)
		check_pass(c, pass, out);
	if (conf_said_tried(b, SLOT_AUTH_PASS) != !!pass ||
	    conf_said_tried(b, SLOT_AUTH_TYPE) != !!type)
		return; /* that was an error already */
	if (!pass || !*pass->text)
		conf_warn(c->messages, &b->line->pos,
			  "authentication without an auth_pass: ignored");
	else if (!type)
		conf_warn(c->messages, &b->line->pos,
			  "authentication without an auth_type: ignored");
	else if (out->version == 3)
		conf_warn(c->messages, &b->line->pos,
			  "VRRP version 3 has no PASS or AH: ignored");
	else
		out->auth = type->number ? CONF_AUTH_AH : CONF_AUTH_PASS;
}

/* -EINVAL: no hexadecimal, or longer than fits */
static int parse_hex(const char *text, size_t length, struct conf_hmac_key *out)
{
	int high, low;

	if (length % 2 || length / 2 > sizeof(out->bytes))
		return -EINVAL;
	for (size_t i = 0; i < length / 2; i++) {
		high = conf_hex_digit(text[2 * i]);
		low = conf_hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	out->length = length / 2;
	return 0;
}

static int parse_ascii(const char *text, size_t length,
		       struct conf_hmac_key *out)
{
	if (length > sizeof(out->bytes))
		return -EINVAL;
	memcpy(out->bytes, text, length);
	out->length = length;
	return 0;
}

static bool starts(const char *text, size_t length, const char *prefix)
{
	size_t n = strlen(prefix);

	return length >= n && !memcmp(text, prefix, n);
}

/* hex:..., ascii:... or, in a file only, the bytes themselves */
static int parse_key(const char *text, size_t length, bool bare,
		     struct conf_hmac_key *out)
{
	if (starts(text, length, "hex:"))
		return parse_hex(text + 4, length - 4, out);
	if (starts(text, length, "ascii:"))
		return parse_ascii(text + 6, length - 6, out);
	return bare ? parse_ascii(text, length, out) : -EINVAL;
}

/* 0, -EINVAL after a message, -ENOMEM */
static int read_key(struct conf_checking *c, const struct conf_word *w,
		    struct conf_hmac_key *out)
{
	const char *path = w->text + strlen("file:");
	size_t length = 0;
	char *bytes = NULL;
	int err;

	if (*path != '/') {
		conf_error(c->messages, &w->pos, "key: '%s' is not absolute",
			   path);
		return -EINVAL;
	}
	err = c->source->read(c->source->arg, path, &bytes, &length);
	if (err) {
		conf_error(c->messages, &w->pos, "cannot read '%s': %s", path,
			   strerror(-err));
		return err == -ENOMEM ? err : -EINVAL;
	}
	while (length &&
	       (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		length--;
	err = parse_key(bytes, length, true, out);
	if (err)
		conf_error(c->messages, &w->pos,
			   "'%s' holds no key of %d to "
			   "%zu bytes",
			   path, MIN_KEY, sizeof(out->bytes));
	free(bytes);
	return err;
}

/* key ID SECRET.  0, -EINVAL after a message, -ENOMEM */
static int check_key(struct conf_checking *c, const struct conf_line *line,
		     struct conf_hmac_key *out)
{
	const struct conf_word *id = &line->words[1], *w = &line->words[2];
	int64_t number;
	int err;

	if (conf_number_parse(id->text, &number) || number < 1 ||
	    number > UINT8_MAX) {
		conf_error(c->messages, &id->pos,
			   "key: '%s' is no ID (1 to 255)", id->text);
		return -EINVAL;
	}
	out->id = (uint8_t)number;
	if (!strncmp(w->text, "file:", strlen("file:"))) {
		err = read_key(c, w, out);
	} else {
		err = parse_key(w->text, strlen(w->text), false, out);
		if (err)
			conf_error(c->messages, &w->pos,
				   "key: this is not hex:, ascii: or file: "
				   "and a key of %d to %zu bytes",
				   MIN_KEY, sizeof(out->bytes));
	}
	if (!err && out->length < MIN_KEY) {
		conf_error(c->messages, &w->pos,
			   "the key has %zu bytes; %d to %zu are needed",
			   out->length, MIN_KEY, sizeof(out->bytes));
		return -EINVAL;
	}
	return err ? err : conf_check_copy(c, w->text, &out->said);
}

static int check_keys(struct conf_checking *c, const struct conf_block *b,
		      struct conf_vrrp *out)
{
	const size_t most = sizeof(out->keys) / sizeof(out->keys[0]);
	struct conf_hmac_key key;
	int err;

	for (const struct conf_said *s = b->said; s; s = s->next) {
		if (s->key->slot != SLOT_HMAC_KEY || s->bad)
			continue;
		memset(&key, 0, sizeof(key));
		err = check_key(c, s->line, &key);
		if (err == -ENOMEM)
			return err;
		if (err)
			continue;
		if (out->n_keys && out->keys[0].id == key.id)
			conf_error(c->messages, &s->pos,
				   "key %u was said before", key.id);
		else if (out->n_keys == most)
			conf_error(c->messages, &s->pos,
				   "an instance has at most %zu keys: an old "
				   "one and a new one",
				   most);
		else
			out->keys[out->n_keys++] = key;
	}
	return 0;
}

/* active_key's comes first; without it the first one said. */
static void order_keys(struct conf_checking *c, const struct conf_block *b,
		       struct conf_vrrp *out)
{
	const struct conf_said *s = conf_said_here(b, SLOT_HMAC_ACTIVE);
	struct conf_hmac_key first = out->keys[0];
	int64_t id;

	if (!s)
		return;
	if (conf_number_parse(s->text, &id))
		id = -1;
	if (out->n_keys && id == out->keys[0].id)
		return;
	if (out->n_keys < 2 || id != out->keys[1].id) {
		conf_error(c->messages, &s->pos, "active_key: no key '%s'",
			   s->text);
		return;
	}
	out->keys[0] = out->keys[1];
	out->keys[1] = first;
}

static int check_hmac(struct conf_checking *c, const struct conf_block *b,
		      struct conf_vrrp *out)
{
	if (check_keys(c, b, out))
		return -ENOMEM;
	order_keys(c, b, out);
	if (!conf_said_tried(b, SLOT_HMAC_KEY))
		conf_error(c->messages, &b->line->pos,
			   "auth_hmac: its key is missing");
	out->hmac_mode =
		(enum conf_hmac_mode)conf_said_number(b, SLOT_HMAC_MODE);
	out->hmac_monotonic = conf_said_number(b, SLOT_HMAC_REPLAY);
	out->hmac_window = USEC_SECONDS(conf_said_number(b, SLOT_HMAC_WINDOW));
	out->auth = CONF_AUTH_HMAC;
	return 0;
}

int conf_check_auth(struct conf_checking *c, const struct conf_block *b,
		    struct conf_vrrp *out)
{
	const struct conf_block *simple = last_block(b, IN_AUTH);
	const struct conf_block *hmac = last_block(b, IN_HMAC);

	if (simple && hmac)
		conf_warn(c->messages, &simple->line->pos,
			  "authentication is ignored: there is auth_hmac");
	else if (simple)
		check_simple(c, simple, out);
	return hmac ? check_hmac(c, hmac, out) : 0;
}
