# Two commands do everything: `make lab` opens the course, `make test` runs its tests.
# All that is installed goes into .venv; the Python of the machine stays as it is.

# A Python 3.11, 3.12 or 3.13 to build .venv with; the first that fits, or: make lab PYTHON=...
PYTHON =
PYTHONS = $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3)

RUN = .venv/bin/python -m
INSTALL = $(RUN) pip install -qq --disable-pip-version-check --no-input -c constraints.txt
FAILED = { echo 'The installation stopped. It needs the network, and 3 GB of disk; the lines above' >&2; \
  echo 'say what was missing. Run the same command again: what was downloaded is kept.' >&2; exit 1; }

# TensorFlow greets on the process's own standard error: in the terminal, not in every notebook.
KERNEL_SETTINGS = {"IPKernelApp": {"capture_fd_output": false}}

# Settings of the caller's own Python have no place in .venv.
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX
export PIP_USER = 0

.DEFAULT_GOAL = help
.PHONY: help lab test lint notebooks exercises clean

help:
	@echo 'make lab        install the course into .venv and open it in JupyterLab (PORT=8899)'
	@echo 'make test       install what the tests need too, and run them all (ARGS="-k checks")'
	@echo 'make lint       check style and types'
	@echo 'make notebooks  run every lesson and store its outputs'
	@echo 'make exercises  derive the exercises from the solutions'
	@echo 'make clean      remove .venv and all that was built'

lab: .venv/.installed
	@$(RUN) coursekit lab $(if $(PORT),--port $(PORT)) $(ARGS)

test: .venv/.installed-for-tests
	@$(RUN) pytest $(ARGS)

lint: .venv/.installed-for-tests
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy

notebooks: .venv/.installed-for-tests
	@for lesson in notebooks/[0-9]*.ipynb; do \
	  $(RUN) coursekit run --save "$$lesson" || exit 1; \
	done

exercises: .venv/.installed-for-tests
	@$(RUN) coursekit release

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	@echo 'Installing the course into .venv (the first time: some minutes, 3 GB) ...'
	@$(INSTALL) -e . || $(FAILED)
	@touch $@

.venv/.installed-for-tests: .venv/bin/python pyproject.toml constraints.txt
	@echo 'Installing the course and its tests into .venv (the first time: some minutes, 3 GB) ...'
	@$(INSTALL) -e '.[test]' || $(FAILED)
	@touch $@ .venv/.installed

# Also made anew when the Python that it was built with is gone.
.venv/bin/python:
	@lacking=''; \
	for python in $(PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	    >/dev/null 2>&1 || continue; \
	  if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    echo "Making .venv with $$("$$python" --version) ..."; \
	    "$$python" -m venv --clear .venv && mkdir -p .venv/etc/ipython && \
	      echo '$(KERNEL_SETTINGS)' > .venv/etc/ipython/ipython_kernel_config.json && exit 0; \
	    rm -rf .venv; exit 1; \
	  fi; \
	  lacking=$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	done; \
	if [ -n "$$lacking" ]; then \
	  echo "This Python cannot make virtual environments: sudo apt install $$lacking" >&2; \
	else \
	  echo 'No Python 3.11, 3.12 or 3.13 found (looked for: $(subst ",,$(PYTHONS))).' >&2; \
	  echo 'Debian or Ubuntu: sudo apt install python3 python3-venv' >&2; \
	  echo 'macOS: brew install python@3.13, or the installer of python.org' >&2; \
	  echo 'Elsewhere: make lab PYTHON=/path/to/python3.12, or see environment.yml' >&2; \
	fi; \
	exit 1
