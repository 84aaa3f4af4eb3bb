#!/usr/bin/env bash
# twitter-text 3.1.0 (npm, X's own library), with Node.js 18 or newer:
#
#   isValidUsername takes names of up to 20 characters, and extractMentions finds them. X's rules for user names
#   (help.x.com) allow 15. A name of 21 is not refused by extractMentions either: its first 20 characters are returned,
#   as if they were another person's name.
#
# Ends with 1 once 16 characters are refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-fund --no-audit --prefix "$folder" twitter-text@3.1.0
cat > "$folder/ask.js" <<'JS'
const text = require("twitter-text");
for (const length of [15, 16, 20, 21]) {
  const name = "janedoe_".repeat(3).slice(0, length);
  const found = text.extractMentions(`write to @${name} today`);
  console.log(`${length}: valid ${text.isValidUsername(`@${name}`)}, found ${JSON.stringify(found)}`);
}
JS
said=$(cd "$folder" && node ask.js)
echo "$said"
# Seen: 15: valid true, found ["janedoe_janedoe"]
#       16: valid true, found ["janedoe_janedoe_"]
#       20: valid true, found ["janedoe_janedoe_jane"]
#       21: valid false, found ["janedoe_janedoe_jane"]
grep -q "^16: valid true" <<< "$said" && grep -q '^21: valid false, found \["janedoe_janedoe_jane"\]' <<< "$said"
