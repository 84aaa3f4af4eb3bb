"""Looks a variable up in the environment, else in the `.env` beside bridge.toml. Judges no value.

A variable that is set in the environment always wins over `.env`; an empty one counts as not set, since container
tools pass empty ones on. `NAME_FILE` names a file that holds the value, as container secrets do.
"""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from bridge.errors import ConfigProblem
from bridge.lazy import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of the process and those of `.env`; relative paths start in `folder`."""

    folder: Path
    process: Mapping[str, str]
    dotenv: Mapping[str, str]

    def text(self, name: str) -> str:
        """The value of `name`, trimmed and without quotes around it; "" when it is not set."""
        return _trimmed(self.process.get(name, "")) or _trimmed(self.dotenv.get(name, ""))

    def private(self, name: str) -> str:
        """The same, or what the file holds that `NAME_FILE` names.

        Raises ConfigProblem for both at once, or an unreadable file.
        """
        for source, place in ((self.process, "The environment"), (self.dotenv, str(self.folder / ".env"))):
            value, file = _trimmed(source.get(name, "")), _trimmed(source.get(f"{name}_FILE", ""))
            if value and file:
                raise ConfigProblem(f"{place} sets both {name} and {name}_FILE.", hint="Remove one of the two.")
            if value or file:
                return value or self._read(f"{name}_FILE", file)
        return ""

    def origin(self, name: str) -> str:
        """Where the value is found: "environment" or ".env", perhaps by NAME_FILE; "" where it is not set."""
        for source, place in ((self.process, "environment"), (self.dotenv, ".env")):
            for spelled, by in ((name, ""), (f"{name}_FILE", f", {name}_FILE")):
                if _trimmed(source.get(spelled, "")):
                    return place + by
        return ""

    def _read(self, name: str, file: str) -> str:
        try:
            value = _trimmed((self.folder / file).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ConfigProblem(
                f"{name} names the file {str(self.folder / file)!r}, which cannot be read: {why}.",
                hint="Fix the path or the file's permissions.",
            ) from None
        if not value:
            raise ConfigProblem(
                f"{name} names the file {str(self.folder / file)!r}, which is empty.", hint="Write the value into it."
            )
        return value


def open_environment(process: Mapping[str, str], folder: Path) -> Environment:
    """The environment over the `.env` of `folder`, if there is one. Raises ConfigProblem when that cannot be read."""
    return Environment(folder, process, _read_dotenv(folder / ".env"))


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        hint = "It must be a file that this user may read: look at its owner and permissions (ls -l)."
        raise ConfigProblem(f"{path} cannot be read: {error.strerror or error}.", hint=hint) from None
    except ValueError:
        raise ConfigProblem(
            f"{path} cannot be read: it is not UTF-8 text.", hint="Save it as plain UTF-8 text, one NAME=value a line."
        ) from None
    # Only where a .env exists: `leadbridge --help` is quicker without it.
    from dotenv.parser import parse_stream  # noqa: PLC0415 - see above

    values: dict[str, str] = {}
    # The parser and not dotenv_values, which drops a broken line with a mere warning, and expands `$` in keys.
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            blank = len(binding.original.string) - len(binding.original.string.lstrip("\n"))
            raise ConfigProblem(
                f"{path}: line {binding.original.line + blank} cannot be read.",
                hint="Write it as NAME=value, with both quotes or none.",
            )
        if binding.key and binding.value:
            values[binding.key] = binding.value
    return values


def read_text_file(path: Path, *, missing: ConfigProblem, how_to_save: str) -> str:
    """The UTF-8 text of a file of the operator. Raises `missing` where there is none, and ConfigProblem."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        raise ConfigProblem(
            f"{path} cannot be read: {error.strerror or error}.", hint="Fix the path or the file's permissions."
        ) from None
    except UnicodeDecodeError:
        raise ConfigProblem(f"{path} is not UTF-8 text.", hint=how_to_save) from None


def _trimmed(value: str) -> str:
    value = value.strip()
    while len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1].strip()
    return value
