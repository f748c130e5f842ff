# Turns the power of a board off and on again, after a test of it was killed.
set -eu
echo "power-cycle $ANSAR_UNITS"
sleep 0.3
