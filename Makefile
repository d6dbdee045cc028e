# Two commands set everything up by themselves: `make demo` and `make test`.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/framebridge-installed
PROTOC := $(VENV)/protoc/framebridge-ready
READY := $(VENV)/framebridge-ready
PIP := -m pip install -q --disable-pip-version-check
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
BENCHMARKS := overhead transport slices slicing startup textures payload kills real_models turns two_models \
	own_model on_time capacity decode $(if $(shell command -v dotnet),unity_loop)
ARGS ?=

# `make gpu` uses what is installed: this project's environment, else a Python that has torch.
GPU_PYTHON ?= $(or $(if $(wildcard $(INSTALLED)),$(BIN)/python),$(firstword $(foreach name,python3.12 python3.13 python3.11 \
	python3 python,$(shell $(name) -c 'import importlib.util as u, sys; \
	sys.exit(sys.version_info < (3, 11) or not u.find_spec("torch"))' >/dev/null 2>&1 && echo $(name)))))

# The newest Python first that the project is tested with.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3 python,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))

.PHONY: demo test serve lint proto bench gpu clean

demo: $(INSTALLED)  ## Start a server and play a short game against it; writes demo_out/.
	$(BIN)/framebridge demo $(ARGS)

test: $(READY)  ## Run all tests.
	$(ONE_THREAD) $(BIN)/python -m pytest -q $(ARGS)

serve: $(INSTALLED)  ## Leave a server running.
	$(BIN)/framebridge serve $(ARGS)

lint: $(INSTALLED)  ## Style, types, import rules, and the contract against its baseline.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd protos && ../$(BIN)/buf lint
	cd protos && ../$(BIN)/buf breaking --against baseline.binpb

proto: $(PROTOC)  ## Generate bridge/v1 from the contract, and KServe's messages.
	$(VENV)/protoc/bin/python -m grpc_tools.protoc -I protos --python_out=. --pyi_out=. --grpc_python_out=. protos/bridge/v1/*.proto
	cd bridge/kserve && ../../$(VENV)/protoc/bin/python -m grpc_tools.protoc -I . --descriptor_set_out=inference.binpb inference.proto

bench: $(INSTALLED)  ## Run every benchmark.
	set -e; for name in $(BENCHMARKS); do $(ONE_THREAD) $(BIN)/python benchmarks/$$name.py; done

gpu:  ## Tests and measurements on a CUDA device, in ten minutes; ARGS="numerics tokens" runs some of them.
	$(if $(GPU_PYTHON),,$(MAKE) $(INSTALLED))
	$(or $(GPU_PYTHON),$(BIN)/python) benchmarks/gpu $(ARGS)

clean:  ## Remove what was installed and written here.
	rm -rf $(VENV) demo_out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build *.egg-info models/build models/*.egg-info

# torch comes first and in exactly this version: where the index offers a CPU build, this is what picks it.
$(INSTALLED): pyproject.toml models/pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; install it, or say make PYTHON=/path/to/python"; exit 1; }
	@echo "setting up $(VENV): torch and what the project needs, a minute or two"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) -c constraints.txt torch==2.13.0
	$(BIN)/python $(PIP) -c constraints.txt -e ./models -e '.[server,hf,remote,vectors,bench,dev,train]'
	$(BIN)/framebridge models fetch
	touch $@

# The last protoc whose code runs under protobuf 6 and 7. It needs protobuf 6 itself, so it has an environment of its own.
$(PROTOC): Makefile | $(INSTALLED)
	$(BIN)/python -m venv $(VENV)/protoc
	$(VENV)/protoc/bin/python $(PIP) grpcio-tools==1.81.1 grpcio==1.81.1 protobuf==6.33.6
	touch $@

# What the tests need besides: environments with wheels of this project, and protoc.
$(READY): $(INSTALLED) $(PROTOC) tests/packaging/set_up.py tests/packaging/triton.txt
	@echo "setting up environments for tests of the installation"
	$(BIN)/python -m tests.packaging.set_up
	touch $@
