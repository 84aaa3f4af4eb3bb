#!/usr/bin/env bash
# instantly-cli 0.1.21 (npm), on Node.js 18 or newer:
#
#   `instantly leads create --email a@b.example --campaign-id ID`, as in its README, sends
#       POST /api/v2/leads  {"email": "...", "campaign_id": "..."}
#   although the vendor's OpenAPI document calls the field "campaign" and allows no other (additionalProperties: false).
#   Where unknown fields are dropped, the lead is created in no campaign and the command says it succeeded; where they
#   are refused, no lead can be created by it. `leads bulk-add` is right: `leads/add` does call the field "campaign_id".
#
# Prints the request's body. Ends with 1 if the command no longer sends `campaign_id` there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" instantly-cli@0.1.21
cat > "$folder/record.mjs" <<'JS'
import { writeFileSync } from "node:fs";
globalThis.fetch = async (url, options) => {
  writeFileSync(process.env.RECORD, `${options.method} ${new URL(url).pathname} ${options.body}\n`);
  return new Response("{}", { status: 200 });
};
JS
export RECORD="$folder/request" HOME="$folder" INSTANTLY_API_KEY=made-up
NODE_OPTIONS="--import=file://$folder/record.mjs" "$folder/node_modules/.bin/instantly" \
  leads create --email a@b.example --campaign-id 019ffad2-9c4e-7be6-8364-ed444afb02d5
cat "$RECORD"
# Seen: POST /api/v2/leads {"email":"a@b.example","campaign_id":"019ffad2-9c4e-7be6-8364-ed444afb02d5"}
grep -q '^POST /api/v2/leads .*"campaign_id"' "$RECORD" && ! grep -q '"campaign":' "$RECORD"
