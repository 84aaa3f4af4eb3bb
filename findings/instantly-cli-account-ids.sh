#!/usr/bin/env bash
# instantly-cli 0.1.21 (npm), on Node.js 18 or newer:
#
#   `instantly accounts warmup-enable --account-ids "id1,id2"`, word for word as in its README and its help, sends nothing:
#       {"error":"Invalid input: account_ids: Invalid input: expected array, received string (no request was sent ...)"}
#   The option is text, its schema wants a list, and nothing splits the one into the other. `warmup-disable` is the same;
#   `leads move --lead-ids "id1,id2"` and `leads bulk-delete --ids` do split.
#
# Ends with 1 if the command accepts what its help shows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" instantly-cli@0.1.21
cat > "$folder/refuse.mjs" <<'JS'
globalThis.fetch = async () => new Response("{}", { status: 200 });
JS
export HOME="$folder" INSTANTLY_API_KEY=made-up NODE_OPTIONS="--import=file://$folder/refuse.mjs"
seen=0
for verb in warmup-enable warmup-disable; do
  told=$("$folder/node_modules/.bin/instantly" accounts "$verb" --account-ids "id1,id2" 2>&1 || true)
  echo "$verb: $told"
  # Seen: Invalid input: account_ids: Invalid input: expected array, received string (no request was sent to the server)
  grep -q "expected array, received string" <<< "$told" && seen=$((seen + 1))
done
[ "$seen" = 2 ]
