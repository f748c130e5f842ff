#!/usr/bin/env bash
# A bench of boards in small, played live by "make demo-schedule" in less than a
# minute: each command is printed before it runs. It works on a copy of the bench and
# leaves nothing.
set -euo pipefail

command -v ansar blink-test testbench > /dev/null || { echo "demo: no ansar, blink-test and testbench on \$PATH: run make demo-schedule" >&2; exit 1; }
examples=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
running=

leave() {
	[ -z "$running" ] || kill -INT "$running" 2>/dev/null || true
	wait
	cd / && rm -rf "$folder"
}
trap leave EXIT
trap 'exit 130' INT TERM
cp "$examples"/testbench/*.yaml "$examples"/testbench/*.sh "$folder"
cd "$folder"

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() {
	printf '\033[36m$'
	printf ' %q' "$@"
	printf '\033[0m\n'
	"$@"
}
shows() { # what ends with the status given, and no other
	local want=$1 got=0
	shift
	show "$@" || got=$?
	[ "$got" = "$want" ] || { echo "demo: $1 ended with $got, not $want" >&2; exit 1; }
}

say "A plan says which jobs there are, what each needs, and which boards it holds."
show sed -n '/^resources:/,/^  - name: reference/p' plan.yaml
show ansar schedule list plan.yaml
show ansar schedule graph plan.yaml

say "It is checked before anything starts: programs, their inputs, needs, boards."
sed 's/cycles: 4/cycels: 4/; s/needs: \[calibrate,/needs: [calibarte,/' plan.yaml > wrong.yaml
shows 2 ansar schedule check wrong.yaml
show ansar schedule check plan.yaml

say "What would it be like? Nothing is done; one job fails."
shows 1 ansar schedule run plan.yaml --dry-run --fail=calibrate

say "And in earnest. One test hangs, so the run is not fine."
shows 1 ansar schedule run plan.yaml

say "Who held which board when, and what the length of the run is due to."
show ansar schedule report --format=timeline || true

say "The log of a job, of its first attempt."
show ansar schedule log link-a --attempt=1

say "Only what was not fine is run again, and what it needs. ctrl-C ends it with all reports."
printf '\033[36m$ ansar schedule run plan.yaml --rerun=failed\033[0m\n'
mkfifo lines
ansar schedule run plan.yaml --rerun=failed --live=never 2> lines &
running=$!
while read -r line; do
	printf '%s\n' "$line"
	case $line in *'started hang-a'*) printf '^C\n'; kill -INT "$running" ;; esac
done < lines
wait "$running" || true
running=
shows 130 ansar schedule report
show ansar schedule runs
show ansar schedule graph latest --only=id:hang-a --format=mermaid

say "The same plan by a Go program, with warm workers: the same statuses."
show testbench --isolation=pool --folder=. --debug-level=CONSOLE

say "All of it is in folders: a page, JUnit, a trace, every log."
show ls .ansar-schedule/testbench/latest/
