#!/bin/sh
# Ends the private Postgres of this user's tests and removes its files. The next test run makes a new one.
set -eu

# words prints what a process was started with; small images have no ps.
words() {
	if [ -d /proc/self ]; then tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; else ps -ww -o args= -p "$1"; fi
}

for dir in "/dev/shm/lazi-test-pg-$(id -u)" "${TMPDIR:-/tmp}/lazi-test-pg-$(id -u)"; do
	[ -d "$dir" ] || continue
	pid=$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null || true)
	# After a reboot the pid may be another program's.
	if [ -n "$pid" ] && words "$pid" | grep -qF "$dir/data"; then
		kill -INT "$pid"
		while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
	fi
	rm -rf "$dir"
	echo "removed $dir"
done
