"""`leadbridge init`: puts the commented bridge.toml and .env into one folder. Never overwrites anything."""

from contextlib import suppress
from pathlib import Path

import typer

from bridge.cli.session import session_of
from bridge.cli.terminal import show
from bridge.cli.terminal.output import Output
from bridge.config import schema
from bridge.config.vendor import target_table
from bridge.config.vendors import VENDORS

_PACKAGED = Path(__file__).parent / "starter"
_SOURCE_TREE = Path(__file__).parents[3] / "config"

NEXT = (
    "1. Put your API keys into {secrets}: Scravio's, and that of each vendor you send to. Let no other user read it.",
    "2. Name your target in {config}, under [[routes]] … target: {targets}.",
    "3. leadbridge check    are the keys, the target and the plan OK?",
    "4. leadbridge preview  what would be sent? Nothing is sent yet.",
    "5. leadbridge sync     send.",
)


def init(context: typer.Context) -> None:
    """Write bridge.toml and .env with comments into this folder; existing files are not changed.

    A path that --config or BRIDGE_CONFIG names is where bridge.toml goes, with .env in the same folder.

    Example: `leadbridge init`
    """
    console = show.out()
    settings = session_of(context).settings
    config, secrets = settings.config or settings.folder / "bridge.toml", settings.folder / ".env"
    show.say(console, _put(config, _starter("bridge.toml", "bridge.example.toml")))
    show.say(console, _put(config.parent / schema.NAME, schema.text()))
    show.say(console, _put(secrets, _starter(".env", ".env.example")))
    show.say(console, "")
    show.say(console, "Next:", style="bold")
    targets = " or ".join(target_table(VENDORS.values()).kinds())
    for step in NEXT:
        show.say(console, step.format(config=config, secrets=secrets, targets=targets), indent=2)


def _starter(packaged: str, in_tree: str) -> str:
    """The example's text: the wheel carries it beside this module, the source tree in `config/`."""
    inside = _PACKAGED / packaged
    return (inside if inside.exists() else _SOURCE_TREE / in_tree).read_text(encoding="utf-8")


def _put(path: Path, text: str) -> str:
    """Write the file unless there is one; what was done."""
    if path.exists() or path.is_symlink():
        return f"{path} already exists: not changed."
    with suppress(OSError):  # what prevents the folder prevents the file too, which says so
        path.parent.mkdir(parents=True, exist_ok=True)
    Output(path, "").write(text)
    return f"{path} written."
