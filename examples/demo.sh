#!/usr/bin/env bash
# The tour, played live by "make demo" in less than a minute: each command is
# printed before it runs. It works in a folder of its own and leaves nothing.
set -euo pipefail

bin=$(dirname "$(command -v ansar)") || { echo "demo: no ansar on \$PATH: run make demo" >&2; exit 1; }
bin=$(cd "$bin" && pwd)
examples=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
running=

leave() {
	[ -z "$running" ] || kill -INT "$running" 2>/dev/null || true
	[ ! -e .ansar-home ] || ansar --force stop 2>/dev/null || true
	wait
	cd / && rm -rf "$folder"
}
trap leave EXIT
trap 'exit 130' INT TERM
cd "$folder"

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() {
	printf '\033[36m$'
	printf ' %q' "$@"
	printf '\033[0m\n'
	"$@"
}

say "A home describes a group of programs. This one uses those of $bin."
show ansar create --redirect-bin="$bin"

say "A role is a program by another name. Adding one starts nothing."
show ansar add noop
show ansar list
show ansar run --debug-level=CONSOLE

say "Settings are flags. They are checked, and kept."
show ansar add snooze --seconds=2.0
show ansar update snooze-0 --secnds=1 || true
show ansar update snooze-0 --seconds=1.5
show ansar settings snooze-0
show ansar run snooze-0 --debug-level=CONSOLE

say "A process is called like a function: the factorial of 7 takes eight of them."
show ansar add factorial
echo '{"value": 7}' > factorial-7
show cat factorial-7
show ansar input factorial-0 --set-file=factorial-7
show ansar run factorial-0 --debug-level=CONSOLE

say "Many at once: a tree of managers, three below each, four levels deep."
show ansar add busy
echo '{"value": {"managers": 3, "management_levels": 4, "duties": ["noop", "noop", "factorial"]}}' > four-levels
show cat four-levels
show ansar input busy-0 --set-file=four-levels
show ansar run busy-0 --debug-level=CONSOLE 2> log
printf '... and %s lines of log, of %s processes\n' "$(wc -l < log)" "$(cut -d']' -f1 log | sort -u | wc -l)"

say "A zombie never ends by itself. ctrl-C tells it to stop, and its result is printed as any other."
show ansar add zombie
mkfifo lines
printf '\033[36m$ ansar run zombie-0 --debug-level=CONSOLE\033[0m\n'
ansar run zombie-0 --debug-level=CONSOLE 2> lines &
running=$!
while read -r line; do
	printf '%s\n' "$line"
	case $line in *'Do nothing until it is stopped'*) printf '^C\n'; kill -INT "$running" ;; esac
done < lines
wait "$running"
running=

say "In the background a role needs nobody: it keeps its own lock, log and history."
port=$((20000 + RANDOM % 20000))
show ansar add server --port=$port
show ansar add client --port=$port
show ansar start server-0 zombie-0
show ansar status -l
show ansar log server-0 --level=CONSOLE

say "The client tests the server, which has no words yet. Each failure is a line to click on."
show ansar run client-0 --test-run --code-path="$examples" || true

say "deploy brings what is new, and restarts what it touches: server-0, and not zombie-0."
mkdir -p new/model-by-role/server-0
cp "$examples/server/word-map.json" new/model-by-role/server-0
show ansar deploy --snapshot-path=new --dry-run
show ansar --force deploy --snapshot-path=new
show ansar run client-0 --test-run --code-path="$examples" || true
show ansar status -l

say "A crash is in the history as what it was, and a role that asks for it is started again."
show ansar stop zombie-0
show ansar set restart zombie-0 --value=on-crash
show ansar start zombie-0
pid=$(ansar status zombie-0 --json | sed 's/.*"pid":\([0-9]*\).*/\1/')
show kill -KILL "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done # until then it is ready
show ansar wait zombie-0
show ansar --force stop
show ansar history zombie-0 -l
show ansar returned zombie-0

say "The home goes as a whole. Other files of the folder stay."
show ansar destroy
show ls -A
