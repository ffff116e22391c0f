# make          build                  make check     every test
# make deps     install what is needed make asan      tests, ASan + UBSan
# make demo     reports of the demo    make lint      every static check
# make coverage tests, line coverage   make fuzz      FUZZ_TIME=60 seconds each
# make bench    speed against peers    make format    rewrite sources
# make docs     docs/rules.md anew     make pictures  those of the README
# make install  PREFIX= DESTDIR=       make uninstall the same, taken away
#                                      make clean     remove what was built
#
# One makefile, no recursion into folders: make sees the whole graph. Each
# VARIANT builds in its own tree, so switching never mixes objects. V=1 is loud.
VERSION := 0.1.0
PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g
VARIANT ?= release
FUZZ_TIME ?= 60
B := build/$(VARIANT)
Q := $(if $(V),,@)
PKG_CONFIG ?= pkg-config

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 -Wundef \
        -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
        -Wcast-qual -Wconversion -Wno-sign-conversion \
        -Wno-missing-field-initializers $(WERROR)
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE \
          -fno-strict-aliasing -fno-delete-null-pointer-checks
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
VARIANT_release  := $(HARDEN)
VARIANT_clang    := $(HARDEN)
VARIANT_asan     := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
                    -fno-sanitize-recover=all
VARIANT_coverage := -O0 --coverage
VARIANT_fuzz     := -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all \
                    -fsanitize=fuzzer-no-link,address,undefined
PKGS := sqlite3 jansson xlsxwriter libplist-2.0 inih nettle expat libutf8proc
LIBS  = $(shell $(PKG_CONFIG) --libs $(PKGS)) -lcsv -lminizip -lz -lm
FLAGS = -std=c17 -D_POSIX_C_SOURCE=200809L -DMUSTER_VERSION=\"$(VERSION)\" \
        -I. $(WARN) $(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CPPFLAGS) \
        $(CFLAGS) $(VARIANT_$(VARIANT))
LINK  = $(CC) $(CFLAGS) $(VARIANT_$(VARIANT)) \
        $(if $(filter release clang,$(VARIANT)),$(LDHARD)) $(LDFLAGS) -o $@

DIRS := core ingest analyze report
MAIN := core/main.c
TOOL := core/embed.c
CMD  := $(sort $(wildcard core/cmd_*.c))
SRC  := $(filter-out $(MAIN) $(TOOL),$(sort $(wildcard $(DIRS:=/*.c))))
TEST := $(sort $(wildcard tests/*/test_*.c))
HELP := $(sort $(wildcard tests/*/second/*.c tests/support/*.c))
FUZZ := $(patsubst tests/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
HDR  := $(wildcard $(DIRS:=/*.h) tests/*/*.h tests/*/*/*.h)
RES  := $(sort ingest/schema.sql \
        $(wildcard core/queries/*.sql ingest/sources/*.json ingest/collectors/* \
        analyze/*.sql analyze/queries/*.sql analyze/rules/*/*.sql analyze/rules/*/*.jsonl \
        analyze/remedies/*.md report/queries/*.sql report/*.json report/*.txt \
        templates/*))
OBJ  := $(SRC:%.c=$B/%.o) $B/resources.o
TESTOBJ := $(TEST:%.c=$B/%.o) $(HELP:%.c=$B/%.o)

.DELETE_ON_ERROR:
.PHONY: all deps demo check asan lint format coverage fuzz bench \
        docs pictures install uninstall clean help FORCE

all: $B/muster

help:
	$Qsed -n '1,/^#$$/s/^# \{0,1\}//p' Makefile

$B/muster: $B/core/main.o $B/commands.o $(OBJ)
	$Q$(LINK) $^ $(LIBS)
$B/muster-tests: $B/tests/check_main.o $B/suites.o $(TESTOBJ) $(OBJ)
	$Q$(LINK) $^ $(shell $(PKG_CONFIG) --libs check) $(LIBS)
$B/genfleet: fixtures/genfleet.c $B/flags
	$Q$(CC) $(FLAGS) -o $@ $<
$B/bench/%: tests/bench/%.c $B/flags
	$Qmkdir -p $(@D)
	$Q$(CC) $(FLAGS) -o $@ $< $(LIBS)

$B/%.o: %.c $B/flags
	@mkdir -p $(@D) && echo "  CC $<"
	$Q$(CC) $(FLAGS) -MMD -MP -c -o $@ $<
$B/%.o: $B/%.c $B/flags
	@echo "  CC $<"
	$Q$(CC) $(FLAGS) -MMD -MP -c -o $@ $<
$B/flags: FORCE                # rewritten, and so newer, only on a change
	@mkdir -p $(@D); f='$(CC) $(subst ','\'',$(FLAGS))'; \
	 echo "$$f" | cmp -s - $@ || echo "$$f" >$@
FORCE:

# The tables of commands, suites and resources are made from file names: a new
# command, suite, rule, mapping or template is a new file and nothing else.
$B/commands.c: $(CMD) Makefile $B/list.commands
	$Q{ echo '#include "core/base.h"'; echo '#include "core/options.h"'; \
	  echo '#include "core/commands.h"'; \
	  for c in $(CMD:core/cmd_%.c=%); do \
	    echo "extern const struct command cmd_$$c;"; done; \
	  echo 'const struct command *const commands[] = {'; \
	  for c in $(CMD:core/cmd_%.c=%); do echo "    &cmd_$$c,"; done; \
	  echo '    NULL};'; } >$@
$B/suites.c: $(TEST) Makefile $B/list.suites
	$Q{ echo '#include <check.h>'; echo '#include "tests/suites.h"'; \
	  for t in $(notdir $(TEST:.c=)); do \
	    echo "Suite *$${t#test_}_suite(void);"; done; \
	  echo 'Suite *(*const suites[])(void) = {'; \
	  for t in $(notdir $(TEST:.c=)); do \
	    echo "    $${t#test_}_suite,"; done; echo '    NULL};'; } >$@
$B/resources.c: $B/embed $(RES) Makefile $B/list.resources
	$Q$B/embed $(RES) >$@
$B/embed: core/embed.c core/base.h core/resource.h
	$Qmkdir -p $(@D) && $(CC) -std=c17 -O1 -I. -o $@ $<
$B/list.commands: FORCE
	@mkdir -p $(@D); echo '$(CMD)' | cmp -s - $@ || echo '$(CMD)' >$@
$B/list.suites: FORCE
	@mkdir -p $(@D); echo '$(TEST)' | cmp -s - $@ || echo '$(TEST)' >$@
$B/list.resources: FORCE
	@mkdir -p $(@D); echo '$(RES)' | cmp -s - $@ || echo '$(RES)' >$@

-include $(patsubst %.c,$B/%.d,$(SRC) $(MAIN) $(TEST) $(HELP) \
           tests/check_main.c)

# What Debian 12 has to offer, in three parts: to build and run, to test, and
# to check the sources. "make deps demo" needs the first alone.
BUILD_DEPS := gcc make pkg-config libc6-dev libsqlite3-dev libcsv-dev \
  libxlsxwriter-dev libjansson-dev libplist-dev libinih-dev nettle-dev \
  libexpat1-dev libminizip-dev zlib1g-dev libutf8proc-dev
TEST_DEPS := check sqlite3 python3 python3-openpyxl libxml2-utils jq strace \
  time procps zip unzip chromium postgresql
LINT_DEPS := clang clang-format clang-tidy cppcheck shellcheck mandoc gcovr \
  libclang-rt-14-dev llvm
NODE_DEPS := $(if $(shell command -v node),,nodejs) \
  $(if $(shell command -v npm),,npm)
GOALS := $(filter-out deps,$(MAKECMDGOALS))
DEPS := $(BUILD_DEPS) \
  $(if $(GOALS),$(if $(filter-out all demo install,$(GOALS)),$(TEST_DEPS) \
  $(NODE_DEPS) $(LINT_DEPS)),$(TEST_DEPS) $(NODE_DEPS) $(LINT_DEPS))

deps:
	$Qsh tests/deps.sh $(DEPS)
	$Q$(if $(filter chromium,$(DEPS)),sh tests/browser/install.sh)

demo: $B/muster
	$Qsh fixtures/demo/run.sh $B/muster reports

# Every test: units, rule cases, golden cases, faults, the pages in Chromium.
check: $B/muster $B/muster-tests $B/genfleet
	$Qsh tests/check.sh $B
asan:
	$Q$(MAKE) VARIANT=asan build/asan/muster build/asan/muster-tests \
	  build/asan/genfleet
	$Qsh tests/check.sh build/asan --sanitized
coverage:
	$Q$(MAKE) VARIANT=coverage build/coverage/muster \
	  build/coverage/muster-tests build/coverage/genfleet
	$Qsh tests/check.sh build/coverage --sanitized
	$Qgcovr -r . --object-directory build/coverage -e tests/ -e fixtures/ \
	  --print-summary -o build/coverage/coverage.txt
fuzz:
	$Q$(MAKE) VARIANT=fuzz CC=clang $(FUZZ)
	$Qsh tests/fuzz/seeds.sh build/fuzz/corpus
	$Qset -e; for f in $(FUZZ); do n=$${f##*/}; \
	  mkdir -p build/fuzz/corpus/$$n build/fuzz/found; \
	  echo "== $$n"; \
	  $$f -max_total_time=$(FUZZ_TIME) -timeout=20 -rss_limit_mb=2048 \
	    -artifact_prefix=build/fuzz/found/$$n- -print_final_stats=1 \
	    $(FUZZ_FLAGS) build/fuzz/corpus/$$n; done
$(FUZZ): build/fuzz/fuzz/%: build/fuzz/tests/fuzz/%.o \
  build/fuzz/tests/fuzz/support.o $(OBJ:$B/%=build/fuzz/%)
	$Qmkdir -p $(@D)
	$Qclang $(VARIANT_fuzz) -fsanitize=fuzzer -o $@ $^ $(LIBS)
bench: $B/muster $B/genfleet $B/bench/xlsx_floor $B/bench/bytes_floor
	$Qsh tests/bench/run.sh $B/muster $B/genfleet build/bench

lint: $(HDR:%=$B/%.alone)
	$Qsh tests/lint.sh '$(FLAGS)' $(SRC) $(MAIN) $(TOOL)
$B/%.h.alone: %.h $B/flags     # a header compiles with nothing before it
	$Qmkdir -p $(@D)
	$Q$(CC) $(FLAGS) -fsyntax-only -x c $< && touch $@
format:
	$Qclang-format -i $(SRC) $(MAIN) $(TOOL) $(TEST) $(HELP) $(HDR) \
	  $(wildcard fixtures/*.c tests/*.c tests/bench/*.c tests/fuzz/*.c)

docs:
	$Qpython3 docs/rules.py
pictures: $B/muster            # of the README; after "make deps"
	$Qsh docs/pictures.sh $B/muster build/pictures

MAN1 := $(wildcard docs/*.1)
MAN5 := $(wildcard docs/*.5)
install: $B/muster
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 $B/muster $(DESTDIR)$(PREFIX)/bin/muster
	$(if $(MAN1),install -m 644 $(MAN1) $(DESTDIR)$(PREFIX)/share/man/man1)
	$(if $(MAN5),install -m 644 $(MAN5) $(DESTDIR)$(PREFIX)/share/man/man5)
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/muster \
	  $(MAN1:docs/%=$(DESTDIR)$(PREFIX)/share/man/man1/%) \
	  $(MAN5:docs/%=$(DESTDIR)$(PREFIX)/share/man/man5/%)
clean:
	rm -rf build
