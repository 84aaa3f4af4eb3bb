"""What BRIDGE_DATABASE_URL names: a SQLite file or a PostgreSQL database. Opens nothing.

An ordinary address of a file is read without SQLAlchemy, whose import takes longer than all else of a `status`.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import ConfigProblem

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_FILE = "sqlite:///"


def file_of(text: str) -> Path | None:
    """The SQLite file; None for a database without one. Raises ConfigProblem as `read_url`."""
    if text.startswith(_FILE) and "?" not in text:
        name: str | None = text.removeprefix(_FILE)
    else:
        url = read_url(text)
        name = url.database if url.get_backend_name() == "sqlite" else None
    return None if not name or name == ":memory:" else Path(name)


def is_sqlite(text: str) -> bool:
    """Whether it is SQLite. Raises ConfigProblem as `read_url`."""
    return text.startswith(_FILE) or read_url(text).get_backend_name() == "sqlite"


def exists(url: str) -> bool:
    """Whether there is something to open: a SQLite file; a PostgreSQL is always taken to be there.

    Raises ConfigProblem where a folder stands in the file's place.
    """
    path = file_of(url)
    if path is not None and path.is_dir():
        raise ConfigProblem(f"The database {path} is a folder.", hint="Name a file in BRIDGE_DATABASE_URL.")
    return path is None or path.is_file()


def refuse_unwritable(url: str) -> None:
    """Raises ConfigProblem where the SQLite file could not be written, or made, by this process. Makes nothing."""
    path = file_of(url)
    if path is None:
        return
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if path.exists() and not os.access(path, os.W_OK):
        raise unwritable(path, f"{path} does not let this user write")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable(path, f"{folder} does not let this user write")


def shown(text: str) -> str:
    """A database's address as its own tools read it, for messages: no driver, the password hidden."""
    if file_of(text) is not None and "?" not in text and text.startswith(_FILE):
        return text
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - see above

    found = make_url(text)
    plain = found.set(drivername=found.get_backend_name()).difference_update_query(["password", "sslpassword"])
    return plain.render_as_string(hide_password=True)


def read_url(text: str) -> "URL":
    """The whole address. Raises ConfigProblem where it is none, or of another kind of database."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - see above
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - see above

    hint = "Set BRIDGE_DATABASE_URL to sqlite:///data/bridge.db or postgresql://user@host/name."
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigProblem("BRIDGE_DATABASE_URL is not a database address.", hint=hint) from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigProblem(f'BRIDGE_DATABASE_URL names the database "{backend}", which is not supported.', hint=hint)
    return url


def unwritable(path: Path, why: str) -> ConfigProblem:
    """What to say of a file that cannot be written."""
    return ConfigProblem(
        f"The database {path} cannot be written: {why}.",
        hint="Make the file and its folder writable, or set BRIDGE_DATABASE_URL to another place.",
    )
