# SPDX-License-Identifier: GPL-2.0-only
# xlbd: build, test, install.  `make help` lists the targets.

VERSION ?= 0.1.0
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR ?= /lib/systemd/system
DESTDIR ?=

CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/bin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
INSTALL ?= install
PYTHON ?= /usr/bin/python3

B := build
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s%s\n' $(1) '$(2)')

# What `make deps` and `make deps-test` install: Debian 12's names.
DEPS := gcc make pkg-config clang llvm libbpf-dev bpftool libelf-dev \
	zlib1g-dev libnl-3-dev libnl-route-3-dev libevent-dev \
	libcurl4-openssl-dev libssl-dev libjansson-dev libc6-dev \
	iproute2 ethtool util-linux mount procps curl nginx-light jq \
	ca-certificates
DEPS_TEST := libcmocka-dev libclang-rt-dev perl tcpdump iputils-ping \
	python3 python3-scapy prometheus openssl netcat-openbsd keepalived \
	frr nftables

LIBS := libbpf libelf zlib libnl-3.0 libnl-route-3.0 libevent libcurl \
	openssl jansson

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2
CFLAGS ?= -O2 -g
HARDEN ?= -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDFLAGS ?= -pie -Wl,-z,relro,-z,now
# pkg-config runs once, when something is first compiled.
LIB_CFLAGS = $(eval LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS)))$(LIB_CFLAGS)
LIB_LDLIBS = $(eval LIB_LDLIBS := $(shell $(PKG_CONFIG) --libs $(LIBS)))$(LIB_LDLIBS)
C_FLAGS = -std=gnu11 -D_GNU_SOURCE -DXLBD_VERSION='"$(VERSION)"' -Iuser \
	-Iinclude -I$(B) $(WARNINGS) $(HARDEN) $(CFLAGS) $(CPPFLAGS) $(LIB_CFLAGS)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -I. -Iinclude -Ibpf -Wall -Wextra \
	-Werror -Wno-unused-function -Wno-unused-parameter -fno-stack-protector

BPF_OBJS := $(patsubst bpf/%.bpf.c,$(B)/bpf/%.bpf.o,$(wildcard bpf/*.bpf.c))
CORE_OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard user/core/*.c))
XLBD_OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard user/xlbd/*.c))
CTL_OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard user/xlbctl/*.c))
CORE := $(B)/libcore.a
SKELETON := $(B)/xlbd.skel.h

UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%.t,$(wildcard tests/unit/test_*.c))
BPF_TESTS := $(patsubst tests/bpf/%.c,$(B)/tests/bpf/%.t,$(wildcard tests/bpf/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
LAB_SOURCES := $(wildcard tests/lab/*.c)
LAB_TOOLS := $(patsubst %.bpf.c,$(B)/%.bpf.o,$(filter %.bpf.c,$(LAB_SOURCES))) \
	$(patsubst %.c,$(B)/%,$(filter-out %.bpf.c,$(LAB_SOURCES)))

.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

all: $(B)/xlbd $(B)/xlbctl ## build both programs

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
		awk -F'|' '{ printf "  %-16s%s\n", $$1, $$2 }'

# --- the packet path -------------------------------------------------------

$(B)/bpf/%.bpf.o: bpf/%.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

# One object, one skeleton: the programs share their maps.
$(B)/xlbd.bpf.o: $(BPF_OBJS)
	$(call say,LINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(SKELETON): $(B)/xlbd.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name xlbd_bpf > $@

# --- user space ------------------------------------------------------------

$(B)/user/%.o: user/%.c | $(B)/cflags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) -MMD -MP -c $< -o $@

# Rebuilt when the compiler's flags change.
$(B)/cflags: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(CFLAGS) $(VERSION)' | cmp -s - $@ || \
		echo '$(CC) $(CFLAGS) $(VERSION)' > $@
FORCE:
$(CORE_OBJS) $(XLBD_OBJS) $(CTL_OBJS): $(B)/cflags

$(patsubst %.c,$(B)/%.o,$(wildcard user/xlbd/dataplane*.c)): $(SKELETON)

$(CORE): $(CORE_OBJS)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(B)/xlbd: $(XLBD_OBJS) $(CORE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LIB_LDLIBS) -lm -o $@

$(B)/xlbctl: $(CTL_OBJS) $(B)/user/xlbd/json.o $(CORE)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $^ -ljansson -o $@

# --- tests -----------------------------------------------------------------

PROVE := prove --timer --merge
TEST_CFLAGS = $(filter-out -Wmissing-prototypes,$(C_FLAGS)) -Itests -DCMOCKA_TAP

$(B)/tests/unit/%.t: tests/unit/%.c $(CORE)
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -MT $@ $< $(TEST_OBJS) $(CORE) -lcmocka -lm \
		$(TEST_LIBS) -o $@

# The control socket's language is tested like core, with jansson.
JSON_OBJS := $(B)/user/xlbd/json.o $(B)/user/xlbd/control_request.o
JSON_TESTS := $(B)/tests/unit/test_json.t $(B)/tests/unit/test_control_request.t
$(JSON_TESTS): TEST_OBJS = $(JSON_OBJS)
$(JSON_TESTS): TEST_LIBS = -ljansson
$(JSON_TESTS): $(JSON_OBJS)
# What the daemon says of virtual routers, as JSON and as metrics.
ROWS_OBJS := $(patsubst %,$(B)/user/xlbd/%.o,json control_rows control_rows_vrrp control_metrics)
$(B)/tests/unit/test_control_vrrp.t: TEST_OBJS = $(ROWS_OBJS)
$(B)/tests/unit/test_control_vrrp.t: TEST_LIBS = -ljansson
$(B)/tests/unit/test_control_vrrp.t: $(ROWS_OBJS)
# Adverts' authentication, with real digests.
$(B)/tests/unit/test_vrrp_auth.t: TEST_OBJS = $(B)/user/xlbd/digest.o
$(B)/tests/unit/test_vrrp_auth.t: TEST_LIBS = -lcrypto
$(B)/tests/unit/test_vrrp_auth.t: $(B)/user/xlbd/digest.o

# What the tests of the packet path share: frames, the harness, fixtures.
BPF_TEST_OBJS := $(patsubst %.c,$(B)/%.o,$(filter-out tests/bpf/test_%,$(wildcard tests/bpf/*.c)))

$(B)/tests/bpf/%.o: tests/bpf/%.c $(wildcard tests/bpf/*.h) $(SKELETON)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/tests/bpf/%.t: $(B)/tests/bpf/%.o $(BPF_TEST_OBJS)
	$(call say,TEST,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LIB_LDLIBS) -lpthread -o $@

$(B)/tests/lab/netlink_probe: tests/lab/netlink_probe.c $(CORE) \
		$(filter %/loop.o %/log.o $(B)/user/xlbd/netlink%.o,$(XLBD_OBJS))
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) $(filter-out $(CORE),$^) $(CORE) $(LIB_LDLIBS) -o $@

$(B)/tests/lab/%: tests/lab/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP $< -lpthread -lm -o $@

BENCH_OBJS := $(B)/tests/bpf/world.o $(B)/tests/bpf/frame.o
$(B)/bench: tests/bench/bench.c $(B)/tests/bench/bench.skel.h $(SKELETON) $(BENCH_OBJS)
	$(call say,CC,$@)
	$(Q)$(CC) $(TEST_CFLAGS) -I$(B)/tests/bench -MMD -MP $< $(BENCH_OBJS) $(LIB_LDLIBS) -o $@

$(B)/tests/%.bpf.o: tests/%.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(B)/tests/bench/%.skel.h: $(B)/tests/bench/%.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< > $@

# A fuzzer's source twice: with libFuzzer, and as a replay of its corpus.
FUZZ_CFLAGS = -std=gnu11 -D_GNU_SOURCE -DXLBD_VERSION='"fuzz"' -Iuser -Iinclude -Ibpf \
	-I$(B) -g -O1 -fsanitize=address,undefined \
	-fno-sanitize=alignment -fno-sanitize-recover=all $(LIB_CFLAGS)
FUZZ_SOURCES := $(wildcard user/core/*.c) user/xlbd/json.c \
	user/xlbd/control_request.c

$(B)/tests/fuzz/%-libfuzzer: tests/fuzz/%.c $(FUZZ_SOURCES) $(wildcard bpf/*.h)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer $< $(FUZZ_SOURCES) -ljansson -lm -o $@

$(B)/tests/fuzz/%-replay: tests/fuzz/%.c tests/fuzz/replay.c $(FUZZ_SOURCES) $(wildcard bpf/*.h)
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) $< tests/fuzz/replay.c $(FUZZ_SOURCES) -ljansson -lm -o $@

check: ## everything below: what CI runs
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory deps-test
	$(Q)$(MAKE) --no-print-directory check-unit check-layers check-conf \
		check-bpf check-fuzz check-system

check-unit: $(UNIT_TESTS) ## pure code; no root
	$(Q)$(PROVE) --exec '' $(sort $(UNIT_TESTS))

check-layers: all ## the house's laws, in includes and symbols; no root
	$(Q)XLBD_BUILD=$(B) $(PROVE) tests/layers.t

check-conf: all ## config files and command lines; no root
	$(Q)$(PROVE) $(sort $(wildcard tests/conf/*.t))

check-bpf: $(BPF_TESTS) ## packets through the programs; root
	$(Q)$(PROVE) --exec '' $(sort $(BPF_TESTS))

check-fuzz: $(FUZZERS:%=$(B)/tests/fuzz/%-replay) ## replay the corpora
	$(Q)$(PROVE) --exec '' tests/fuzz/replay.t

check-system: lab ## real daemons in network namespaces; root
	$(Q)XLBD_BUILD=$(B) tests/lab/can
	$(Q)XLBD_BUILD=$(B) $(PROVE) $(sort $(wildcard tests/system/*.t))

check-interop: lab ## VRRP with keepalived and FRR, the whole matrix; root
	$(Q)XLBD_BUILD=$(B) tests/lab/can
	$(Q)XLBD_BUILD=$(B) $(PROVE) --comments tests/interop/matrix.t

FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS:%=$(B)/tests/fuzz/%-libfuzzer) ## FUZZ_SECONDS for each fuzzer
	$(Q)for f in $(FUZZERS); do \
		mkdir -p $(B)/corpus/$$f; \
		$(B)/tests/fuzz/$$f-libfuzzer -max_total_time=$(FUZZ_SECONDS) \
			$(B)/corpus/$$f tests/fuzz/corpus/$$f || exit 1; \
	done

SANITIZE := B=build/asan HARDEN=-fPIE LDFLAGS='-pie -fsanitize=address,undefined' \
	CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all'

asan: ## the unit tests under ASan and UBSan
	$(Q)$(MAKE) --no-print-directory $(SANITIZE) check-unit

# A finding, leaks too, ends the daemon with a status that the tests see.
asan-system: ## the system tests under them; root
	$(Q)ASAN_OPTIONS=quarantine_size_mb=1 $(MAKE) --no-print-directory \
		$(SANITIZE) check-system

bench: $(B)/bench ## what a packet and a failover cost; root
	$(Q)$(B)/bench
	$(Q)$(MAKE) --no-print-directory bench-failover bench-adverts

bench-failover: lab ## TRIALS of each hand-over, beside keepalived; root
	$(Q)XLBD_BUILD=$(B) tests/bench/failover

bench-adverts: lab ## how regular they are, under load; root
	$(Q)XLBD_BUILD=$(B) tests/bench/adverts

SOAK_TRIALS ?= 50
soak: lab ## SOAK_TRIALS of each fault, 20 adoptions; root
	$(Q)XLBD_BUILD=$(B) tests/lab/can
	$(Q)XLBD_BUILD=$(B) SOAK_TRIALS=$(SOAK_TRIALS) tests/soak

lab: all $(LAB_TOOLS) ## what the demo and the system tests need

# One after the other, also under -j: nothing compiles before deps.
demo: ## see it work, in namespaces of its own; root
	$(Q)tests/lab/can --before-build
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory lab
	$(Q)XLBD_BUILD=$(B) tests/lab/demo

# --- the rest --------------------------------------------------------------

deps: ## install what building and the demo need (Debian 12)
	$(Q).ci/deps $(DEPS)

deps-test: ## install what the tests need (Debian 12)
	$(Q).ci/deps $(DEPS_TEST)

lint: ## format and static checks
	$(Q)clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h' | grep -v -e vmlinux.h -e xlbd_reasons.h)

format: ## rewrite the sources in the house's format
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h' | grep -v -e vmlinux.h -e xlbd_reasons.h)

install: all ## PREFIX= DESTDIR= and the others at the top
	$(INSTALL) -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(SYSCONFDIR)/xlbd \
		$(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(UNITDIR)
	$(INSTALL) -m 755 $(B)/xlbd $(B)/xlbctl $(DESTDIR)$(SBINDIR)/
	$(INSTALL) -m 644 man/xlbd.8 $(DESTDIR)$(MANDIR)/man8/
	$(INSTALL) -m 644 conf/minimal.conf \
		$(DESTDIR)$(SYSCONFDIR)/xlbd/lb.conf.example
	sed 's|@SBINDIR@|$(SBINDIR)|g; s|@SYSCONFDIR@|$(SYSCONFDIR)|g' \
		conf/xlbd.service > $(DESTDIR)$(UNITDIR)/xlbd.service

uninstall: ## what install put there; the configuration stays
	rm -f $(DESTDIR)$(SBINDIR)/xlbd $(DESTDIR)$(SBINDIR)/xlbctl \
		$(DESTDIR)$(MANDIR)/man8/xlbd.8 $(DESTDIR)$(UNITDIR)/xlbd.service \
		$(DESTDIR)$(SYSCONFDIR)/xlbd/lb.conf.example

clean: ## remove build/
	rm -rf $(B)

.PHONY: all help lab check check-unit check-layers check-conf check-bpf check-fuzz check-system \
	check-interop soak fuzz asan asan-system bench bench-failover bench-adverts demo deps deps-test lint format install uninstall clean FORCE

-include $(BPF_OBJS:.o=.d) $(CORE_OBJS:.o=.d) $(XLBD_OBJS:.o=.d) $(CTL_OBJS:.o=.d)
-include $(UNIT_TESTS:.t=.d) $(BPF_TESTS:.t=.d)
