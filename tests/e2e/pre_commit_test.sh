#!/bin/sh
# Runs the real pre-commit with this repository's hooks on a repository of its own: what is refused, what passes, what is patched.
#
# usage: pre_commit_test.sh PROGRAM   (exit status 77: no pre-commit here)
set -eu
program=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v pre-commit >/dev/null 2>&1 || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" PRE_COMMIT_HOME="$work/cache" XDG_CONFIG_HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C.UTF-8
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE 2>/dev/null || true
mkdir -p "$HOME" "$work/bin"
ln -s "$program" "$work/bin/relaylint"
PATH="$work/bin:$PATH"
git config --global user.name tester
git config --global user.email tester@corp.example
git config --global init.defaultBranch main
git config --global protocol.file.allow always

failures=0
say() { printf '%s\n' "$*"; }
fail() {
  failures=$((failures + 1))
  say "FAILED: $*"
  sed 's/^/    /' "$work/log"
}
refused() {
  what=$1
  shift
  if "$@" >"$work/log" 2>&1; then fail "$what: passed, should be refused"; else say "ok: $what is refused"; fi
}
passes() {
  what=$1
  shift
  if "$@" >"$work/log" 2>&1; then say "ok: $what passes"; else fail "$what: refused, should pass"; fi
}
told() { grep -q "$1" "$work/log" || fail "the output does not name $1"; }

# The hooks as users get them: a repository with a tag. It is given the program ready made instead of its sources, so that the
# first use of relaylint-src does what it does everywhere, in a second.
mkdir -p "$work/hooks/tools" "$work/site"
cp "$root/.pre-commit-hooks.yaml" "$work/hooks/"
cp "$root"/tools/run "$root"/tools/hook "$root"/tools/build "$root"/tools/setup "$work/hooks/tools/"
cp "$root/CMakePresets.json" "$work/hooks/"
cat >"$work/hooks/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.25)
project(relaylint NONE)
add_custom_target(relaylint COMMAND \${CMAKE_COMMAND} -E create_symlink "$program" "\${PROJECT_BINARY_DIR}/relaylint")
CMAKE
git -C "$work/hooks" init -q
git -C "$work/hooks" add -A
git -C "$work/hooks" commit -qm hooks
git -C "$work/hooks" tag v0.1.0

use_hook() {
  cat >.pre-commit-config.yaml <<YAML
repos:
- repo: file://$work/hooks
  rev: v0.1.0
  hooks:
  - id: $1
YAML
  git add .pre-commit-config.yaml
}

cd "$work/site"
git init -q
use_hook relaylint
pre-commit install >"$work/log" 2>&1

mkdir -p qmail/control
echo mail.corp.example >qmail/control/me
echo corp.example >qmail/control/locals
echo corp.example >qmail/control/rcpthosts
git add -A
passes 'a good commit' git commit -m 'A closed qmail'

git rm -q qmail/control/rcpthosts
refused 'deleting rcpthosts' git commit -m 'Tidy up'
told RL001
git reset -q --hard

printf '[Section]\nColour=blue\nRELAY=no\n' >notes.ini
git add -A
passes 'an unrelated notes.ini' git commit -m 'Notes'

mkdir gateway
printf '/Home-SYS:\\DOM\\WPGATE\\GWIA\r\n/HN-gw.corp.example\r\n' >gateway/GWIA.CFG
git add -A
refused 'a bad commit' git commit -m 'An open gateway'
told gateway/GWIA.CFG

use_hook relaylint-fix
refused 'a commit that the hook had to patch' git commit -m 'An open gateway'
printf '/Home-SYS:\\DOM\\WPGATE\\GWIA\r\n/HN-gw.corp.example\r\n/NOROUTING\r\n' >"$work/wanted"
cmp gateway/GWIA.CFG "$work/wanted" >"$work/log" 2>&1 || fail 'relaylint-fix did not patch gateway/GWIA.CFG as expected'
git add -A
passes 'the patched commit' git commit -m 'A closed gateway'

use_hook relaylint-src
passes 'a good commit, with relaylint-src' git commit -m 'Build the hook here'
printf '/Home-SYS:\\DOM\\WPGATE\\GWIA\r\n' >gateway/GWIA.CFG
git add -A
refused 'a bad commit, with relaylint-src' git commit -m 'Open it again'
told RL001

[ "$failures" = 0 ] || exit 1
