#!/bin/sh
# Stands for each of Binaryen's programs in ../.deps/emscripten: runs the one of
# its own name with the libc that is unpacked beside it.
set -e
root=$(dirname "$(realpath "$0")")/..
loader=$(echo "$root"/usr/lib/*/ld-linux*.so.*)
exec "$loader" --library-path "$(dirname "$loader")" \
  "$root/usr/bin/$(basename "$0")" "$@"
