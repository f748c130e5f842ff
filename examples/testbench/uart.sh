# Sends and receives by the serial line of a board, which board B does badly when fast.
set -eu
echo "$ANSAR_UNITS: $1 baud"
sleep 0.3
if [ "$1" -gt 500000 ]; then
	echo "9 of 1024 bytes are lost" >&2
	exit 1
fi
