/* SPDX-License-Identifier: GPL-2.0-only */
/* One setter per type of value, never per keyword. */
#include "core/conf_message.h"
#include "core/conf_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 512

struct setting {
	const struct conf_keyword *key;
	const struct conf_line *line;
	struct conf_messages *messages;
	struct conf_said *said;
	bool ours; /* in a block of ours: no value is corrected silently */
};

int conf_number_parse(const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-');
	size_t length = strlen(digits);

	if (!length || length > 18 || strspn(digits, "0123456789") != length)
		return -EINVAL;
	*out = strtoll(text, NULL, 10);
	return 0;
}

int conf_scope_parse(const char *text, uint8_t *out)
{
	static const uint8_t scopes[] = {0, 200, 253, 254, 255};
	int name = conf_choice_find("global|site|link|host|nowhere", text);
	int64_t number;

	if (name < 0 && (conf_number_parse(text, &number) || number < 0 ||
			 number > UINT8_MAX))
		return -EINVAL;
	*out = name < 0 ? (uint8_t)number : scopes[name];
	return 0;
}

int conf_port_parse(const char *text, uint16_t *out)
{
	int64_t number;

	if (conf_number_parse(text, &number) || number < 1 || number > 65535)
		return -EINVAL;
	*out = (uint16_t)number;
	return 0;
}

static const struct conf_word *word(const struct setting *s, size_t i)
{
	return i < s->line->count ? &s->line->words[i] : NULL;
}

static int bad(const struct setting *s, size_t i, const char *wanted)
{
	conf_error(s->messages, &s->line->words[i].pos, "%s: '%s' is not %s",
		   s->key->name, s->line->words[i].text, wanted);
	return -EINVAL;
}

/*
 * As keepalived: what is inherited stays as it was further out (for virtual
 * routers in global_defs), elsewhere the default is used.  In our own blocks,
 * and without a default, it is an error.
 */
static int out_of_range(const struct setting *s, const char *low,
			const char *high, int64_t standard)
{
	const struct conf_keyword *k = s->key;
	bool handed =
		(k->in & (IN_VS | IN_RS | IN_CHECKERS)) ||
		(k->in == IN_VRRP && !k->standard && k->slot != SLOT_VRID);
	const struct conf_word *w = word(s, 1);

	if (s->ours || (!handed && !k->standard)) {
		conf_error(s->messages, &w->pos, "%s %s is not in %s to %s",
			   k->name, w->text, low, high);
		return -EINVAL;
	}
	if (handed) {
		conf_warn(s->messages, &w->pos,
			  "%s %s is not in %s to %s: ignored", k->name, w->text,
			  low, high);
		return -EINVAL;
	}
	conf_warn(s->messages, &w->pos, "%s %s is not in %s to %s: %s is used",
		  k->name, w->text, low, high, k->standard);
	s->said->number = standard;
	return 0;
}

static int set_flag(struct setting *s)
{
	s->said->number = 1;
	return 0;
}

static int set_bool(struct setting *s)
{
	static const char words[] = "off|false|no|on|true|yes";
	const struct conf_word *w = word(s, 1);
	int i = w ? conf_choice_find(words, w->text) : 3;

	if (i < 0)
		return bad(s, 1, "on or off");
	s->said->number = i >= 3;
	return 0;
}

static int set_number(struct setting *s)
{
	const struct conf_keyword *k = s->key;
	char low[24], high[24];
	int64_t number;

	if (conf_number_parse(word(s, 1)->text, &number))
		return bad(s, 1, "a number");
	if (number < k->min || number > k->max) {
		snprintf(low, sizeof(low), "%lld", (long long)k->min);
		snprintf(high, sizeof(high), "%lld", (long long)k->max);
		number = k->standard ? strtoll(k->standard, NULL, 10) : 0;
		return out_of_range(s, low, high, number);
	}
	s->said->number = number;
	return 0;
}

static int set_weight(struct setting *s)
{
	const struct conf_word *w = word(s, 2);

	if (w && conf_choice_find("reverse|noreverse", w->text) < 0)
		return bad(s, 2, "'reverse'");
	return set_number(s);
}

static int set_time(struct setting *s)
{
	const struct conf_keyword *k = s->key;
	char low[USEC_PRINT_SIZE], high[USEC_PRINT_SIZE];
	struct usec span;

	if (usec_parse(word(s, 1)->text, &span))
		return bad(s, 1, "a time in seconds");
	if (span.us < k->min || span.us > k->max) {
		usec_print((struct usec){k->min}, low, sizeof(low));
		usec_print((struct usec){k->max}, high, sizeof(high));
		if (k->standard)
			usec_parse(k->standard, &span);
		return out_of_range(s, low, high, span.us);
	}
	s->said->number = span.us;
	return 0;
}

static int set_word(struct setting *s)
{
	s->said->text = word(s, 1)->text;
	return 0;
}

/* The words stay on their line, for who wants them. */
static int set_words(struct setting *s)
{
	(void)s;
	return 0;
}

/* The choice nearest to `word`, copied into `best`; "" if none is near. */
static void guess_choice(const char *choices, const char *word, char *best,
			 size_t size)
{
	struct conf_guess guess = {.word = word};
	char choice[24];
	int n = 1;

	*best = '\0';
	for (const char *c = choices; *c; c++)
		n += *c == '|';
	for (int i = 0; i < n; i++) {
		conf_choice_print(choices, i, choice, sizeof(choice));
		conf_guess_offer(&guess, choice);
		if (guess.best != choice)
			continue;
		snprintf(best, size, "%s", choice);
		guess.best = best;
	}
}

static int set_choice(struct setting *s)
{
	const struct conf_word *w = word(s, 1);
	char hint[CONF_GUESS_SIZE], best[24];
	struct conf_guess guess = {.word = w->text};
	int i = conf_choice_find(s->key->choices, w->text);

	if (i >= 0) {
		s->said->number = i;
		return 0;
	}
	guess_choice(s->key->choices, w->text, best, sizeof(best));
	guess.best = *best ? best : NULL;
	conf_error(s->messages, &w->pos, "%s: unknown '%s'%s", s->key->name,
		   w->text, conf_guess_print(&guess, hint, sizeof(hint)));
	return -EINVAL;
}

/* NAT | DR | FNAT | TUN [type ipip|gue port N|gre] [nocsum|csum|remcsum] */
static int set_kind(struct setting *s)
{
	size_t i = 2;
	uint16_t port;

	if (set_choice(s))
		return -EINVAL;
	if (strcmp(word(s, 1)->text, "TUN") && word(s, 2))
		return bad(s, 2, "expected here");
	if (word(s, i) && !strcmp(word(s, i)->text, "type")) {
		if (!word(s, ++i))
			return bad(s, i - 1, "complete");
		if (conf_choice_find("ipip|gue|gre", word(s, i)->text) < 0)
			return bad(s, i, "ipip, gue or gre");
		i++;
	}
	if (word(s, i) && !strcmp(word(s, i)->text, "port")) {
		if (!word(s, ++i) || conf_port_parse(word(s, i)->text, &port))
			return bad(s, word(s, i) ? i : i - 1, "a port");
		i++;
	}
	if (word(s, i) &&
	    conf_choice_find("nocsum|csum|remcsum", word(s, i)->text) < 0)
		return bad(s, i, "an option of TUN");
	return 0;
}

static int set_address(struct setting *s)
{
	return addr_parse(word(s, 1)->text, &s->said->addr)
		       ? bad(s, 1, "an address")
		       : 0;
}

static int set_addresses(struct setting *s)
{
	struct addr unused;
	int err = 0;

	for (size_t i = 1; i < s->line->count; i++) {
		if (addr_parse(word(s, i)->text, &unused))
			err = bad(s, i, "an address");
	}
	return err;
}

static int set_address_port(struct setting *s)
{
	struct endpoint *e = &s->said->endpoint;

	if (addr_parse(word(s, 1)->text, &e->addr))
		return bad(s, 1, "an address");
	if (word(s, 2) && conf_port_parse(word(s, 2)->text, &e->port))
		return bad(s, 2, "a port (1 to 65535)");
	return 0;
}

static int set_port(struct setting *s)
{
	uint16_t port;

	if (conf_port_parse(word(s, 1)->text, &port))
		return bad(s, 1, "a port (1 to 65535)");
	s->said->number = port;
	return 0;
}

static int set_endpoint(struct setting *s)
{
	struct endpoint *e = &s->said->endpoint;

	if (endpoint_parse(word(s, 1)->text, e) || e->protocol || !e->port)
		return bad(s, 1, "ADDRESS:PORT");
	return 0;
}

int conf_status_parse(const char *text, struct conf_status_range *out)
{
	unsigned int low, high;
	int end = 0;

	if (strspn(text, "0123456789-") != strlen(text))
		return -EINVAL;
	if (sscanf(text, "%3u-%3u%n", &low, &high, &end) != 2) {
		end = 0;
		if (sscanf(text, "%3u%n", &low, &end) != 1)
			return -EINVAL;
		high = low;
	}
	if (text[end] || low < 100 || high < low)
		return -EINVAL;
	*out = (struct conf_status_range){(uint16_t)low, (uint16_t)high};
	return 0;
}

static int set_status(struct setting *s)
{
	struct conf_status_range unused;
	int err = 0;

	for (size_t i = 1; i < s->line->count; i++) {
		if (conf_status_parse(word(s, i)->text, &unused))
			err = bad(s, i, "a status code or a range (200-299)");
	}
	return err;
}

static int set_one_timeout(struct setting *s, size_t i)
{
	static const char names[] = "tcp|tcpfin|tcpsyn|udp";
	struct conf_timeouts *t = &s->said->timeouts;
	struct usec *const spans[] = {&t->tcp, &t->tcp_fin, &t->tcp_syn,
				      &t->udp};
	int which = conf_choice_find(names, word(s, i)->text);
	struct usec span;

	if (which < 0)
		return bad(s, i, "tcp, tcpfin, tcpsyn or udp");
	if (!word(s, i + 1))
		return bad(s, i, "followed by a time");
	if (usec_parse(word(s, i + 1)->text, &span))
		return bad(s, i + 1, "a time in seconds");
	if (span.us < 1000000 || span.us > 31 * 86400 * 1000000LL)
		return bad(s, i + 1, "in 1s to 31 days");
	*spans[which] = span;
	return 0;
}

static int set_timeouts(struct setting *s)
{
	int err = 0;

	for (size_t i = 1; i < s->line->count && !err; i += 2)
		err = set_one_timeout(s, i);
	return err;
}

static const struct {
	int (*set)(struct setting *s);
	size_t min, max; /* words; 0, 0 with `by_row`: the row's */
	bool by_row;
} types[TYPE_MAX] = {
	[TYPE_FLAG] = {set_flag, 0, 0, false},
	[TYPE_BOOL] = {set_bool, 0, 1, false},
	[TYPE_NUMBER] = {set_number, 1, 1, false},
	[TYPE_WEIGHT] = {set_weight, 1, 2, false},
	[TYPE_TIME] = {set_time, 1, 1, false},
	[TYPE_WORD] = {set_word, 1, 1, false},
	[TYPE_WORDS] = {set_words, 0, 0, true},
	[TYPE_SCRIPT] = {set_word, 1, MANY, false},
	[TYPE_CHOICE] = {set_choice, 1, 1, false},
	[TYPE_KIND] = {set_kind, 1, 6, false},
	[TYPE_ADDRESS] = {set_address, 1, 1, false},
	[TYPE_ADDRESSES] = {set_addresses, 1, MANY, false},
	[TYPE_ADDRESS_PORT] = {set_address_port, 1, 2, false},
	[TYPE_PORT] = {set_port, 1, 1, false},
	[TYPE_ENDPOINT] = {set_endpoint, 1, 1, false},
	[TYPE_STATUS] = {set_status, 1, CONF_MAX_STATUS_RANGES, false},
	[TYPE_TIMEOUTS] = {set_timeouts, 0, 8, false},
	[TYPE_LIST] = {set_words, 0, 0, true},
	[TYPE_BLOCK] = {set_words, 0, 0, true},
};

int conf_type_parse(const struct conf_keyword *k, const struct conf_line *line,
		    bool ours, struct conf_messages *messages,
		    struct conf_said *out)
{
	struct setting s = {k, line, messages, out, ours};
	size_t min = types[k->type].min, max = types[k->type].max;

	if (types[k->type].by_row) {
		min = (size_t)k->min;
		max = (size_t)k->max;
	}
	if (line->count - 1 < min) {
		conf_error(messages, &line->pos, "%s: a value is missing",
			   k->name);
		return -EINVAL;
	}
	if (line->count - 1 > max)
		conf_warn(messages, &line->words[max + 1].pos,
			  "%s: '%s' is one word too many: ignored", k->name,
			  line->words[max + 1].text);
	out->pos = line->words[line->count > 1 ? 1 : 0].pos;
	return types[k->type].set(&s);
}
