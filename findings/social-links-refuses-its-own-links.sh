#!/usr/bin/env bash
# social-links 1.15.1 (npm), with Node.js 18 or newer:
#
#   sanitize("twitter", "https://twitter.com/JaneDoe") returns https://x.com/JaneDoe. isValid("twitter", ...) refuses that
#   very link: x.com belongs to a profile of its own, "x". A list that is cleaned twice loses its people on X.
#   The profile "linkedin" refuses public profiles whose name is not plain ASCII, written out or percent-encoded
#   (linkedin.com/in/jos%C3%A9-garcia), which is how LinkedIn links to people with an accent in their name.
#
# Ends with 1 once both are taken.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-fund --no-audit --prefix "$folder" social-links@1.15.1
cat > "$folder/ask.js" <<'JS'
const { SocialLinks } = require("social-links");
const links = new SocialLinks();
const cleaned = links.sanitize("twitter", "https://twitter.com/JaneDoe");
console.log(`twitter: cleaned ${cleaned}, valid again: ${links.isValid("twitter", cleaned)}`);
for (const name of ["jane-garcia", "jos%C3%A9-garcia", "josé-garcia"])
  console.log(`linkedin: in/${name} valid: ${links.isValid("linkedin", `https://www.linkedin.com/in/${name}`)}`);
JS
said=$(cd "$folder" && node ask.js)
echo "$said"
# Seen: twitter: cleaned https://x.com/JaneDoe, valid again: false
#       linkedin: in/jane-garcia valid: true
#       linkedin: in/jos%C3%A9-garcia valid: false
#       linkedin: in/josé-garcia valid: false
grep -q "JaneDoe, valid again: false" <<< "$said" && grep -q "in/jos%C3%A9-garcia valid: false" <<< "$said"
