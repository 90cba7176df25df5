# shellcheck shell=bash
# What the scripts here share. Sourced from the top of the tree, with strict mode on.

# For people, on standard error: standard output belongs to results.
say() { printf 'tocsin: %s\n' "$*" >&2; }

# One clear line, and the end.
fail() {
    say "$*"
    exit 1
}

# The start time of a process, which tells it from a later one with the same id; empty where it is gone.
start_time_of() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    # The second field is the program's name in parentheses, which may hold blanks: count behind it.
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    # A zombie has ended already.
    [[ $1 == Z ]] || echo "${20}"
}

# Notes a process that we started.
note_pid() { printf '%s %s\n' "$2" "$(start_time_of "$2")" >"$1"; }

# Prints the id that a file holds where that very process still runs; fails otherwise.
our_pid() {
    local pid started
    read -r pid started 2>/dev/null <"$1" || return 1
    [[ $pid =~ ^[0-9]+$ && -n $started && $(start_time_of "$pid") == "$started" ]] || return 1
    echo "$pid"
}

# Asks a process of ours to end and waits so many seconds for it; then ends it hard and says so.
stop_ours() {
    local name=$1 file=$2 seconds=$3 pid tries
    if pid=$(our_pid "$file"); then
        kill -TERM "$pid" 2>/dev/null || true
        for ((tries = 0; tries < seconds * 20; tries++)); do
            our_pid "$file" >/dev/null || break
            sleep 0.05
        done
        if our_pid "$file" >/dev/null; then
            say "$name did not stop within $seconds s: killed"
            kill -KILL "$pid" 2>/dev/null || true
        fi
    fi
    rm -f "$file"
}

# Why a program ended: the last reason in its log, or else its last line.
last_reason() {
    local reason
    reason=$(grep -o '"reason": *"[^"]*"' "$1" | tail -n 1 || true)
    echo "${reason:-$(tail -n 1 "$1")}"
}

# True where something listens on a port of this machine.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Where a preset of CMakePresets.json builds.
build_directory() { if [[ $1 == release ]]; then echo build; else echo "build-$1"; fi; }

# How many compilers at once: as many as there are cores, each takes up to a gigabyte.
jobs_at_once() { echo "${TOCSIN_JOBS:-$(nproc)}"; }
