#!/usr/bin/env bash
# email-validator 2.4.0 refuses every address in a domain that has a joiner (U+200C, U+200D), as ordinary Persian and
# Hindi domains have, and in the A-label of such a domain, which is plain ASCII. IDNA 2008 (RFC 5892, appendix A) allows
# both joiners in context, and idna 3.20, on which email-validator rests, encodes and decodes these very names.
# What it means for leadbridge: such an address is held as malformed, in either spelling; the joiner is never removed,
# because without it the name is another domain. Exits 1 when the library reads one of them.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check email-validator==2.4.0 idna==3.20 dnspython==2.8.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import idna
from email_validator import EmailNotValidError, validate_email

print("email-validator", version("email-validator"), "idna", version("idna"))
read = 0
for name in ("نامه\u200cای.com", "क्\u200dष.com"):
    label = idna.encode(name).decode()
    assert idna.decode(label) == name
    print(ascii(name), "is to idna", label)
    for domain in (name, label):
        try:
            found = validate_email(f"jane@{domain}", check_deliverability=False)
        except EmailNotValidError as refusal:
            print("  refused:", ascii(domain), "-", refusal)
        else:
            read += 1
            print("  read:", ascii(domain), found.ascii_domain)
sys.exit(1 if read else 0)
PY
