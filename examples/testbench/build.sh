# Builds the firmware of all boards, one after the other, and announces each when it
# is there: tests of that board need not wait for the rest.
set -eu
for board in a b b-debug; do
	echo "build fw-$board"
	sleep 0.4
	echo "firmware for $board" > "$ANSAR_OUTPUT/fw-$board.bin"
	ansar schedule emit artefact "fw-$board" "$ANSAR_OUTPUT/fw-$board.bin"
done
echo "pack"
sleep 0.8
