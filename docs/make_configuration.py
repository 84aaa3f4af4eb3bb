"""Makes docs/configuration.md from the models of the configuration. Adds no fact of its own.

Run it with `.venv/bin/python -m docs` after a key, a variable or a field has changed.
"""

from collections.abc import Iterator
from itertools import groupby

from bridge.config import VARIABLES, Key, schema_keys
from bridge.config.reference import field_at, table_of
from bridge.config.settings import FROM_FILES
from bridge.templates import FIELDS, LONGEST
from docs.make_commands import verbs
from docs.markdown import code, table, write

_HEAD = """# Configuration

<!-- Made by docs/make_configuration.py: change the models, then run `.venv/bin/python -m docs`. -->

Secrets and places belong in the environment or in `.env`, all else in `bridge.toml`. `leadbridge init` writes both with
comments and never over existing ones. `leadbridge check` says what is wrong with them: an unknown key or a value that
cannot be used is an error that names file, key and value, and the nearest right key. What is not set has the default,
and every default is the safe one. A rule or a mapping that changes takes effect on stored leads with the next sync;
no lead is read again for it.

## Environment and `.env`

`.env` is read from the folder of `bridge.toml`. Relative paths in either file and in the environment, and the default
ledger `data/bridge.db`, start in that folder too. So `leadbridge --config /srv/acme/bridge.toml sync` takes the keys of
`/srv/acme/.env` and the ledger `/srv/acme/data/bridge.db`, whatever the current folder is. Only `--config` and
`BRIDGE_CONFIG` themselves start in the current folder. A `config/bridge.toml` belongs to the folder around `config/`,
unless `config/` holds a `.env` or `data/` of its own. `leadbridge init` writes both files into the right place.

A variable that is set in the environment wins over `.env`, and an empty one counts as not set. A name that ends in
`_FILE` takes the path of a file that holds the value, as container secrets want it:
`INSTANTLY_API_KEY_FILE=/run/secrets/instantly`.

Earlier versions took `.env` and `data/bridge.db` from the current folder. Where such a ledger knows the routes of a
`bridge.toml` elsewhere, leadbridge makes no new one unseen: it stops, names both paths, and says how to move it.

"""

_FILE = """
## `bridge.toml`

The file is `config/bridge.toml` of the current folder, else `bridge.toml`, unless `--config` or `BRIDGE_CONFIG` names
another. A route needs only its name and its target; as many routes may follow one another as you like:

```toml
[[routes]]
name = "fitness"
source = { title = "fitness*" }
rules = { platforms = ["instagram"], min_followers = 500 }
fields = { personalization = "Loved your {platform} page @{username}" }
target = { instantly_campaign = "Fitness Q4" }
```

The tables of a route may also be written with heads of their own, `[routes.rules]` and so on, below its `[[routes]]`.
`config/bridge.example.toml` shows every key in its place.

**In an editor**: the first line, `#:schema bridge.schema.json`, names a JSON schema beside the file. taplo, and editors
that use it (Even Better TOML), then complete keys and mark typos. `leadbridge init` writes the schema. After an update,
write it again: `leadbridge config schema > bridge.schema.json`. `taplo check bridge.toml` checks without an editor.

**What is in force**: `leadbridge config show` prints every value with its origin: a default, a file and line, the
environment, `.env`, or a file that a `_FILE` variable names. `--changed` leaves out the defaults. Keys are shown as set
or not set only.
"""

_NO_DAEMON = """
Keys that speak of `leadbridge run`, the daemon, are read and checked but do nothing yet: this version has no such verb.
"""

_SCHEDULES = """
## Schedules

`every = "15m"` runs a route at once when the daemon starts, then every quarter of an hour. `cron` has five fields, as
crontab(5) has them, and means what Debian's cron makes of them. What crons read in different ways is refused:
`leadbridge check` names the field and what to write in its place. The next run follows from the line and the clock
alone: it does not matter how long the daemon has been running, or which host asks.

- **Minute, hour, day of the month, month, day of the week**, as numbers. Months and days of the week also by name
  (`jan`, `mon`, in any case). 0 and 7 are both Sunday. A month without such a day is left out.
- **Both day fields set: either is enough.** `0 9 1,15 * mon` runs on the 1st, on the 15th, and on every Monday. If one
  of them begins with `*`, both must fit: `0 9 */2 * mon` runs on Mondays with an odd date.
- **Ranges** go upwards and include both ends: `8-18`, `mon-fri`. `22-2` is refused: write `22-23,0-2`. So is `sat-sun`:
  write `sat,sun`.
- **Steps** count from the start of their range and start again with the next hour, day or month: `*/45` is minute 0 and
  minute 45. A step needs a range: for `5/15` write `5-59/15`. A step beyond the field is refused: for `*/90` use
  `every = "90m"`.
- **Not cron's, so refused:** six fields, `@daily`, `L`, `last`, `15W`, `mon#1`, `?`, `0~30`, whole names (`monday`),
  and a line that falls on no day at all.

Times are of `timezone`, UTC without one. Where the clocks change:

- **An hour that does not exist.** A line of fixed times, where neither minute nor hour begins with `*`, runs as soon as
  the clocks were set: 02:30 becomes 03:00, once. Any other line does not run in it.
- **An hour that comes twice.** A line of fixed times runs once, at the first. Any other line runs in both.

Time zones come from the `tzdata` package, as the lock file names it, never from the system: every host means the same
instants. If the clock of a host is set back while the daemon runs, each route goes on by the new time.
"""

_TEMPLATES = f"""
## Fields of templates

A template is text with `{{field}}` or `{{field|fallback}}`; there are no expressions. Where a field is empty and has
no fallback, the whole text is not sent: no mail says "Loved your  page". `{{field|}}` says that nothing is fine in that
place. At most {LONGEST} characters go out. Whatever was scraped is made harmless first: no template braces, HTML, line
breaks or invisible characters, and no first character that a spreadsheet would run.

"""


def page() -> str:
    """The whole page."""
    parts = (_HEAD, _variables(), "\n", _FILE, _daemon(), *_tables(), _SCHEDULES, _TEMPLATES, _fields(), "\n")
    return "".join(parts)


def _variables() -> str:
    rows = [
        (code(name) + (f" or `{name}_FILE`" if name in FROM_FILES else ""), code(default) or "not set", meaning)
        for name, (default, meaning) in VARIABLES.items()
    ]
    return table(("variable", "default", "meaning"), rows)


def _daemon() -> str:
    return "" if "run" in verbs() else _NO_DAEMON


def _tables() -> Iterator[str]:
    for path, keys in groupby(schema_keys(), key=lambda key: key.table):
        rows = [(f"`{key.name}`", key.values, _default(key), key.meaning) for key in keys]
        yield f"\n### {_title(path)}\n\n{_purpose(path)}\n\n"
        yield table(("key", "takes", "default", "meaning"), rows) + "\n"


def _title(path: str) -> str:
    return "`[[routes]]`" if path == "routes" else f"`[{path}]`"


def _purpose(path: str) -> str:
    """The first sentence of the table's docstring, without the table's name."""
    field = field_at(tuple(path.split(".")))
    shape = table_of(field) if field is not None else None
    sentence = ((shape.__doc__ or "") if shape else "").splitlines()[0].partition(": ")[2]
    return sentence[:1].upper() + sentence[1:]


def _default(key: Key) -> str:
    field = field_at(tuple(key.path.split(".")))
    return "required" if field is not None and field.is_required() else code(key.default) or "not set"


def _fields() -> str:
    return table(("field", "what stands there"), [(f"`{{{name}}}`", meaning) for name, meaning in FIELDS.items()])


if __name__ == "__main__":
    write("configuration.md", page())
