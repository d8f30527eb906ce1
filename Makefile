# `make help` lists the targets. demo, test and bench each work on a fresh Debian 12 with Swift 6, git and make:
# they install the missing Debian packages (sudo when not root) and make the Python environment first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Swift's builds lock their folder, and everything below needs the packages first.
.NOTPARALLEL:

PREFIX ?= /usr/local
DESTDIR ?=
# Where builds go, and what else the compiler is told, such as -j 1.
BUILD ?= .build
SWIFT_FLAGS ?=

SWIFT_BUILD = swift build --scratch-path $(BUILD) $(SWIFT_FLAGS)
SWIFT_TEST = swift test --scratch-path $(BUILD) $(SWIFT_FLAGS)
# What is installed and measured: nothing of Swift is needed where it runs. Nobody looks symbols up in a program, and
# without the table of them it starts sooner and takes some 4 MB less.
RELEASE = -c release --static-swift-stdlib -Xlinker --no-export-dynamic
SOURCES = Package.swift Sources clients/swift Tests
PROGRAMS = schemad adminctl hookbridge

.PHONY: help demo test fuzz bench build install uninstall format check-format clean swift packages python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	    printf '  make %-13s %s\n' "$$name" "$$text"; done

demo: packages python swift ## see schemad heal a broken database, on a throwaway PostgreSQL
	@for program in $(PROGRAMS); do $(SWIFT_BUILD) --product $$program; done
	@deploy/demo/run $(BUILD)/debug

test: packages python swift ## run all tests, Swift and Python
	@Tests/run $(SWIFT_TEST)

fuzz: swift ## feed what reads a project's files with odd input, FUZZ_SECONDS (20) for each reader
	@Tests/Fuzz/run $(BUILD)/fuzz

bench: packages python swift ## measure the release build against Alembic, psql and C
	@for program in schemad adminctl reference benchmarks; do $(SWIFT_BUILD) $(RELEASE) --product $$program; done
	@$(BUILD)/release/benchmarks

build: packages swift ## build the programs for release, with Swift's runtime in them
	@for program in $(PROGRAMS); do $(SWIFT_BUILD) $(RELEASE) --product $$program; done

install: ## install what `make build` made, and the systemd units, below DESTDIR and PREFIX
	@for program in $(PROGRAMS); do \
	    [ -x $(BUILD)/release/$$program ] || { echo "install: $$program is not built; run make build first" >&2; exit 69; }; \
	done
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/{systemd/system,sysusers.d,tmpfiles.d} \
	    $(DESTDIR)$(PREFIX)/share/{bash-completion/completions,doc/schemad}
	install -m 755 $(PROGRAMS:%=$(BUILD)/release/%) $(DESTDIR)$(PREFIX)/bin
	for unit in deploy/systemd/*.service deploy/systemd/*.socket; do \
	    sed 's|=/usr/bin/|=$(PREFIX)/bin/|' $$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; \
	    chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; \
	done
	install -m 644 deploy/systemd/sysusers.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d
	install -m 644 deploy/systemd/tmpfiles.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	$(BUILD)/release/adminctl --generate-completion-script bash \
	    >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/adminctl
	install -m 644 README.md LICENSE CHANGELOG.md proto/PROTOCOL.md $(DESTDIR)$(PREFIX)/share/doc/schemad

uninstall: ## remove what `make install` put there; settings, keys and state stay
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(patsubst deploy/systemd/%,$(DESTDIR)$(PREFIX)/lib/systemd/system/%,$(wildcard deploy/systemd/*.service deploy/systemd/*.socket))
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/schemad.conf
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/adminctl
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/schemad

format: swift ## format the Swift sources
	@swift format format --in-place --parallel --recursive $(SOURCES)

check-format: swift ## fail where formatting would change something
	@swift format lint --strict --parallel --recursive $(SOURCES)

clean: ## remove everything that was built, and the Python environment
	rm -rf $(BUILD) .venv

swift:
	@command -v swift >/dev/null || { \
	    echo "make: swift is not in PATH; Swift 6.2 or later is needed: https://www.swift.org/install/linux/" >&2; exit 69; }

packages:
	@deploy/install-packages

python:
	@deploy/python-environment
