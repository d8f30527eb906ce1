# `make help` lists the targets. demo, test and bench each work on a fresh Debian 12 with Swift 6, git and make:
# they install the missing Debian packages (sudo when not root) and create the Python environment first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# SwiftPM locks its build folder, and every target needs the packages first.
.NOTPARALLEL:

PREFIX ?= /usr/local
DESTDIR ?=
# The build folder, and further options of the compiler, such as -j 1.
BUILD ?= .build
SWIFT_FLAGS ?=

SWIFT_BUILD = swift build --scratch-path $(BUILD) $(SWIFT_FLAGS)
SWIFT_TEST = swift test --scratch-path $(BUILD) $(SWIFT_FLAGS)
# The options of the programs that are installed and measured. They contain Swift's runtime, so the host needs no Swift.
# Without the table of exported symbols a program starts faster and takes about 4 MB less memory.
RELEASE = -c release --static-swift-stdlib -Xlinker --no-export-dynamic
SOURCES = Package.swift Sources clients/swift Tests
PROGRAMS = schemad adminctl hookbridge
DOC = $(DESTDIR)$(PREFIX)/share/doc/schemad

.PHONY: help demo test fuzz bench build install uninstall format check-format clean swift packages python

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	    printf '  make %-13s %s\n' "$$name" "$$text"; done

demo: packages python swift ## break a throwaway database and let schemad repair it
	@for program in $(PROGRAMS); do $(SWIFT_BUILD) --product $$program; done
	@deploy/demo/run $(BUILD)/debug

test: packages python swift ## run all Swift and Python tests
	@Tests/run $(SWIFT_TEST)

fuzz: swift ## test the code that reads a project's files with random input, FUZZ_SECONDS (20) for each reader
	@Tests/Fuzz/run $(BUILD)/fuzz

bench: packages python swift ## measure the release build and compare it with Alembic, psql and C
	@for program in schemad adminctl reference benchmarks; do $(SWIFT_BUILD) $(RELEASE) --product $$program; done
	@$(BUILD)/release/benchmarks

build: packages swift ## build the release programs; they contain Swift's runtime
	@for program in $(PROGRAMS); do $(SWIFT_BUILD) $(RELEASE) --product $$program; done

# The names of functions are in the programs of the build folder: `addr2line` finds the place of a crash with them.
install: ## install the programs, systemd units and documentation below DESTDIR and PREFIX
	@for program in $(PROGRAMS); do \
	    [ -x $(BUILD)/release/$$program ] || { echo "install: $$program is not built; run make build first" >&2; exit 69; }; \
	done
	@command -v strip >/dev/null || { echo "install: strip is missing; install the package binutils first" >&2; exit 69; }
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/{systemd/system,sysusers.d,tmpfiles.d} \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DOC)/{docs/findings,proto}
	install -s -m 755 $(PROGRAMS:%=$(BUILD)/release/%) $(DESTDIR)$(PREFIX)/bin
	for unit in deploy/systemd/*.service deploy/systemd/*.socket; do \
	    sed 's|=/usr/bin/|=$(PREFIX)/bin/|' $$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; \
	    chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; \
	done
	install -m 644 deploy/systemd/sysusers.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d
	install -m 644 deploy/systemd/tmpfiles.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	$(BUILD)/release/adminctl --generate-completion-script bash \
	    >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/adminctl
	install -m 644 README.md LICENSE CHANGELOG.md $(DOC)
	install -m 644 docs/*.md $(DOC)/docs
	install -m 644 docs/findings/*.md $(DOC)/docs/findings
	install -m 644 proto/PROTOCOL.md $(DOC)/proto

uninstall: ## remove what `make install` installed; settings, keys and state stay
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(patsubst deploy/systemd/%,$(DESTDIR)$(PREFIX)/lib/systemd/system/%,$(wildcard deploy/systemd/*.service deploy/systemd/*.socket))
	rm -f $(DESTDIR)$(PREFIX)/lib/sysusers.d/schemad.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/schemad.conf
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/adminctl
	rm -rf $(DOC)

format: swift ## format the Swift sources
	@swift format format --in-place --parallel --recursive $(SOURCES)

check-format: swift ## fail if formatting would change a file
	@swift format lint --strict --parallel --recursive $(SOURCES)

clean: ## remove the build folder and the Python environment
	rm -rf $(BUILD) .venv

swift:
	@command -v swift >/dev/null || { \
	    echo "make: swift is not in PATH; Swift 6.2 or later is needed: https://www.swift.org/install/linux/" >&2; exit 69; }

packages:
	@deploy/install-packages

python:
	@deploy/python-environment
