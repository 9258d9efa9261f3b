/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RFC 2104.  OpenSSL 3 calls these functions deprecated, but EVP allocates for
 * every digest (3.0.22: once for EVP_DigestInit_ex2, twice for EVP_MAC_init,
 * whatever is prepared), and the pulse thread may not.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "xlbd/digest.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <string.h>

enum {
	BLOCK = 64, /* of both */
	INNER = 0x36,
	OUTER = 0x5c,
};

static void pad_key(const uint8_t *key, size_t length, uint8_t pad,
		    uint8_t block[BLOCK])
{
	memset(block, pad, BLOCK);
	for (size_t i = 0; i < length; i++)
		block[i] ^= key[i];
}

/* Digests of one text after another. */
static void md5(const uint8_t *a, size_t a_length, const uint8_t *b,
		size_t b_length, uint8_t out[MD5_DIGEST_LENGTH])
{
	MD5_CTX md;

	MD5_Init(&md);
	MD5_Update(&md, a, a_length);
	MD5_Update(&md, b, b_length);
	MD5_Final(out, &md);
}

static void sha256(const uint8_t *a, size_t a_length, const uint8_t *b,
		   size_t b_length, uint8_t out[SHA256_DIGEST_LENGTH])
{
	SHA256_CTX md;

	SHA256_Init(&md);
	SHA256_Update(&md, a, a_length);
	SHA256_Update(&md, b, b_length);
	SHA256_Final(out, &md);
}

static void hmac_md5(void *arg, const uint8_t *key, size_t key_length,
		     const uint8_t *bytes, size_t length, uint8_t out[16])
{
	uint8_t hashed[MD5_DIGEST_LENGTH], block[BLOCK];

	(void)arg;
	if (key_length > BLOCK) {
		md5(key, key_length, key, 0, hashed);
		key = hashed;
		key_length = sizeof(hashed);
	}
	pad_key(key, key_length, INNER, block);
	md5(block, BLOCK, bytes, length, out);
	pad_key(key, key_length, OUTER, block);
	md5(block, BLOCK, out, MD5_DIGEST_LENGTH, out);
	OPENSSL_cleanse(block, sizeof(block));
}

static void hmac_sha256(void *arg, const uint8_t *key, size_t key_length,
			const uint8_t *bytes, size_t length, uint8_t out[32])
{
	uint8_t hashed[SHA256_DIGEST_LENGTH], block[BLOCK];

	(void)arg;
	if (key_length > BLOCK) {
		sha256(key, key_length, key, 0, hashed);
		key = hashed;
		key_length = sizeof(hashed);
	}
	pad_key(key, key_length, INNER, block);
	sha256(block, BLOCK, bytes, length, out);
	pad_key(key, key_length, OUTER, block);
	sha256(block, BLOCK, out, SHA256_DIGEST_LENGTH, out);
	OPENSSL_cleanse(block, sizeof(block));
}

const struct vrrp_digest digest_vrrp = {
	.hmac_md5 = hmac_md5,
	.hmac_sha256 = hmac_sha256,
};
