#!/usr/bin/env bash
# Every C++ file is as clang-format 14 (Debian 12's) leaves it. --fix rewrites those that are not.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
tool=clang-format-14
command -v "$tool" >/dev/null || tool=clang-format
command -v "$tool" >/dev/null || { echo "clang-format is missing (Debian package clang-format)"; exit 1; }
"$tool" --version | grep -q ' version 14\.' || { echo "clang-format 14 is needed; this is $("$tool" --version)"; exit 1; }

files() {
  git ls-files -z --cached --others --exclude-standard -- '*.cpp' '*.hpp' |
    while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done
}

if [ "${1:-}" = --fix ]; then
  files | xargs -0 -r -P "$(nproc)" -n 16 "$tool" -i
  exit
fi
output=$(files | xargs -0 -r -n 64 "$tool" --dry-run -Werror 2>&1) && exit 0
printf '%s\n' "$output" | sed -n 's/^\([^:]*\.[ch]pp\):[0-9]*:[0-9]*: error.*/\1/p' | sort -u | grep . || printf '%s\n' "$output"
echo 'not as clang-format leaves them; tests/lint/format.sh --fix rewrites them'
exit 1
