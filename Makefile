# Every command a contributor types. The logic is in tests/tools.

.DEFAULT_GOAL := help
SERVICE =
.PHONY: help run up logs down check fmt test e2e fuzz mutants bench advisories tools

help: ## list these commands
	@sed -n 's/^\([a-z0-9]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## start Doorward with a demo tenant, a demo application and a demo API
	cargo run --bin doorward -- demo --data .doorward/demo

up: ## build what changed, and start the local stack: all services in containers, and the demo
	tests/tools/up.sh

logs: ## follow the logs of the local stack; SERVICE=session for one service
	docker compose logs --follow --tail 200 $(SERVICE)

down: ## stop the local stack; its data stays
	docker compose down

check: ## formatting, lints, documentation, plain English, protos, dependency rules, Kubernetes manifests, alerts
	tests/tools/check.sh

fmt: ## format all code
	cargo fmt --all
	cargo fmt --manifest-path tests/fuzz/Cargo.toml

test: ## all that needs no containers: checks, unit tests, flows over HTTP, a real browser
	tests/tools/test.sh

e2e: ## the flows and a browser on the compose stack, then faults; needs a container engine with Compose v2
	tests/tools/e2e.sh

fuzz: ## look for input that breaks what reads untrusted text; SECONDS_EACH=60
	tests/tools/fuzz.sh

mutants: ## takes each defence out, and sees whether the security tests notice; minutes
	tests/tools/mutants.mjs

bench: ## measures speed beside npm's oidc-provider, and what a million sessions cost; ONLY=speed, sessions or overload
	tests/tools/bench.sh

advisories: ## look for known vulnerabilities in dependencies; fetches the advisory database
	tests/tools/advisories.sh

tools: ## install what checks and tests need, as far as it is missing
	tests/tools/install.sh
