# Writes a page from how the jobs ended that it needs.
set -eu
sed 's/},{/},\n{/g' "$ANSAR_NEEDS" > "$ANSAR_OUTPUT/needs.json"
echo '{"page": "'"$ANSAR_OUTPUT"'/needs.json"}' > "$ANSAR_RESULT"
