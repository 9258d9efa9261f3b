/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Builds frames: RFC 791 (IPv4), 793/9293 (TCP), 768 (UDP), 826 (ARP),
 * 1071 (the checksum).
 */
#include "frame.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>

uint16_t frame_get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

uint32_t frame_get32(const uint8_t *at)
{
	return (uint32_t)frame_get16(at) << 16 | frame_get16(at + 2);
}

void frame_put16(uint8_t *at, uint16_t v)
{
	at[0] = v >> 8;
	at[1] = v & 0xff;
}

void frame_put32(uint8_t *at, uint32_t v)
{
	frame_put16(at, v >> 16);
	frame_put16(at + 2, v & 0xffff);
}

uint32_t frame_sum(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++) {
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

/* The sum of the pseudo header: addresses, protocol, length. */
static uint32_t pseudo_sum(const uint8_t *ip, uint8_t protocol, size_t n)
{
	return frame_sum(ip + 12, 8, 0) + protocol + n;
}

static size_t put_ethernet(const struct frame *f, uint8_t *out)
{
	uint16_t ethertype = f->ethertype;
	size_t at = 12;

	if (f->to)
		memcpy(out, f->to, 6);
	if (f->from)
		memcpy(out + 6, f->from, 6);
	if (f->vlan_type) {
		frame_put16(out + at, f->vlan_type);
		frame_put16(out + at + 2, f->vlan);
		at += 4;
	}
	if (!ethertype)
		ethertype = f->arp.operation ? 0x0806 : 0x0800;
	frame_put16(out + at, ethertype);
	return at + 2;
}

static size_t put_arp(const struct frame *f, uint8_t *out)
{
	const struct frame_arp *arp = &f->arp;

	frame_put16(out, arp->hardware ? arp->hardware : 1);
	frame_put16(out + 2, arp->protocol ? arp->protocol : 0x0800);
	out[4] = 6;
	out[5] = 4;
	frame_put16(out + 6, arp->operation);
	if (f->from)
		memcpy(out + 8, f->from, 6);
	frame_put32(out + 14, arp->sender);
	if (arp->target_mac)
		memcpy(out + 18, arp->target_mac, 6);
	frame_put32(out + 24, arp->target);
	return 28;
}

static size_t put_payload(const struct frame *f, uint8_t *out)
{
	size_t n = f->payload_length;

	if (f->fill) {
		for (size_t i = 0; i < f->fill; i++)
			out[i] = (uint8_t)(i * 7 + (i >> 8));
		return f->fill;
	}
	if (!n && f->payload)
		n = strlen(f->payload);
	if (n)
		memcpy(out, f->payload, n);
	return n;
}

static uint16_t bend(uint16_t checksum, uint16_t error)
{
	uint32_t sum = (uint32_t)checksum + error;

	return (sum & 0xffff) + (sum >> 16);
}

static size_t put_tcp(const struct frame *f, const uint8_t *ip, uint8_t *out)
{
	size_t header = 20 + f->tcp_options_length, n;
	uint32_t sum;

	frame_put16(out, f->sport);
	frame_put16(out + 2, f->dport);
	frame_put32(out + 4, f->seq);
	frame_put32(out + 8, f->ack);
	out[12] = header / 4 << 4;
	out[13] = f->flags;
	frame_put16(out + 14, f->window        ? f->window
			      : f->window_zero ? 0
					       : FRAME_WINDOW);
	if (f->tcp_options_length)
		memcpy(out + 20, f->tcp_options, f->tcp_options_length);
	n = header + put_payload(f, out + header);
	sum = frame_sum(out, n, pseudo_sum(ip, IPPROTO_TCP, n));
	frame_put16(out + 16, bend(~sum, f->checksum_error));
	return n;
}

static size_t put_udp(const struct frame *f, const uint8_t *ip, uint8_t *out)
{
	size_t n = 8 + put_payload(f, out + 8);
	uint16_t sum;

	frame_put16(out, f->sport);
	frame_put16(out + 2, f->dport);
	frame_put16(out + 4, n);
	if (f->no_checksum)
		return n;
	sum = ~frame_sum(out, n, pseudo_sum(ip, IPPROTO_UDP, n));
	frame_put16(out + 6, bend(sum ? sum : 0xffff, f->checksum_error));
	return n;
}

/* What follows the IP header: all of it, or the fragment asked for. */
static size_t put_segment(const struct frame *f, uint8_t protocol,
			  const uint8_t *ip, uint8_t *out)
{
	size_t n;

	if (protocol == IPPROTO_TCP)
		n = put_tcp(f, ip, out);
	else if (protocol == IPPROTO_UDP)
		n = put_udp(f, ip, out);
	else
		n = put_payload(f, out);
	if (!f->slice_length)
		return n;
	assert(f->slice_at + f->slice_length <= n);
	memmove(out, out + f->slice_at, f->slice_length);
	return f->slice_length;
}

static size_t put_ipv4(const struct frame *f, uint8_t *ip)
{
	uint8_t protocol = f->protocol ? f->protocol : IPPROTO_TCP;
	size_t header = 20 + f->options_length, n;
	uint16_t total;

	ip[0] = f->version_ihl ? f->version_ihl : 0x40 | header / 4;
	ip[1] = f->tos;
	frame_put16(ip + 4, f->id ? f->id : f->id_zero ? 0 : FRAME_ID);
	frame_put16(ip + 6, f->fragment);
	ip[8] = f->ttl ? f->ttl : f->ttl_zero ? 0 : 64;
	ip[9] = protocol;
	frame_put32(ip + 12, f->saddr);
	frame_put32(ip + 16, f->daddr);
	if (f->options_length)
		memcpy(ip + 20, f->options, f->options_length);
	n = header + put_segment(f, protocol, ip, ip + header);
	total = f->total_length        ? f->total_length
		: f->total_length_zero ? 0
				       : n;
	frame_put16(ip + 2, total);
	frame_put16(ip + 10, ~frame_sum(ip, header, 0));
	return n;
}

size_t frame_build(const struct frame *f, uint8_t *out)
{
	uint8_t whole[2 * FRAME_MAX] = {0};
	size_t n;

	n = put_ethernet(f, whole);
	if (f->arp.operation)
		n += put_arp(f, whole + n);
	else if (f->ethertype && f->ethertype != 0x0800)
		n += put_payload(f, whole + n);
	else
		n += put_ipv4(f, whole + n);
	if (f->cut && f->cut < n)
		n = f->cut;
	if (f->pad > n) {
		memset(whole + n, 0, f->pad - n);
		n = f->pad;
	}
	assert(n <= FRAME_MAX);
	memcpy(out, whole, n);
	return n;
}

bool frame_checksums_right(const uint8_t *frame, size_t n)
{
	const uint8_t *ip = frame + FRAME_ETH, *l4;
	size_t header, length;
	uint8_t protocol;

	if (n < FRAME_ETH + 20)
		return false;
	header = (ip[0] & 15) * 4;
	length = frame_get16(ip + 2);
	if (header < 20 || length < header || FRAME_ETH + length > n ||
	    frame_sum(ip, header, 0) != 0xffff)
		return false;
	protocol = ip[9];
	l4 = ip + header;
	length -= header;
	if (frame_get16(ip + 6) & 0x3fff)
		return true;
	if (protocol == IPPROTO_UDP && length >= 8 && !frame_get16(l4 + 6))
		return true;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return true;
	return frame_sum(l4, length, pseudo_sum(ip, protocol, length)) ==
	       0xffff;
}
