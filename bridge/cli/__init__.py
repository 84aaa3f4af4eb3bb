"""The command `leadbridge`: parses, calls, prints. Decides nothing about leads.

Each verb is a module of its own name, in a folder by what the operator does. It is loaded when it is typed, so a verb
costs only what it imports itself: the ledger and the vendors' clients take half a second that `--help` need not spend.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import bridge
from bridge.cli import failures, first_page
from bridge.cli.session import Session

FOLDERS = {
    "setup": ("Getting started", ("demo", "init", "check", "config", "client", "webhooks", "completion")),
    "running": ("Sending", ("preview", "sync", "run", "trigger", "promote", "pause", "resume", "feedback")),
    "looking": ("Looking at the ledger", ("status", "dashboard", "runs", "explain", "delivered", "report", "rejects")),
    "repairing": ("Getting leads out of a state", ("settle", "retry", "brake", "reconcile")),
    "people": ("People who must not be contacted", ("suppress", "forget")),
    "spending": ("Scravio's campaigns and credits", ("campaigns", "validate", "credits")),
    "assistants": ("For assistants", ("mcp",)),
    "trying": ("Trying things out", ("test-lead", "sandbox")),
    "upkeep": ("The database", ("db",)),
}
"""The verbs by folder, with the title under which `--help` lists them."""

_GLOBAL = ("--config", "--client")

_FOLDER_OF = {verb: folder for folder, (_, verbs) in FOLDERS.items() for verb in verbs}


class Verbs(TyperGroup):
    """The verbs, whose every failure is one sentence. Those of `FOLDERS` are stubs until they are needed."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:  # as Typer's own
        """Read the command line; `--help` and `--version` print here."""
        _without_metavar(self)
        name, typed, *others = arguments
        with failures.reported():
            return super().make_context(name, _in_front(typed), *others, **more)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Typer's own Context, which it does not export
        """Load the verb that was typed; from here on it watches for Ctrl-C itself (see `__main__`)."""
        self.load(*args[:1])
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # as Typer's own
        """List the verbs, each with the first sentence of its own help."""
        options = [_option(param) for param in self.get_params(ctx)]
        verbs = [(title, [(f"{name:<10}", _summary(name)) for name in names]) for title, names in FOLDERS.values()]
        usage = " ".join((ctx.command_path, *self.collect_usage_pieces(ctx)))
        for line in first_page.lines(usage, self.help or "", [("Options", options), *verbs]):
            formatter.write(f"{line}\n")

    def invoke(self, ctx: Any) -> Any:  # see above
        """Run the verb."""
        with failures.reported():
            return super().invoke(ctx)

    def load(self, *names: str) -> None:
        """Put the verbs themselves in the place of their stubs."""
        for name in names:
            if name in _FOLDER_OF and name in self.commands:
                word = name.replace("-", "_")
                found = getattr(import_module(f"bridge.cli.{_FOLDER_OF[name]}.{word}"), word)
                if not isinstance(found, typer.Typer):
                    function, found = found, typer.Typer(add_completion=False, rich_markup_mode="markdown")
                    found.command(name)(function)
                command = typer.main.get_command(found)
                command.name = name
                _without_metavar(command)
                self.commands[name] = command


def _in_front(typed: list[str]) -> list[str]:
    """The options that hold for every verb before the verb, wherever they were typed; `help VERB` is `VERB --help`."""
    front: list[str] = []
    rest: list[str] = []
    first = " ".join(typed) if len(typed) == 1 else ""
    words = iter([*typed[1:], "--help"] if typed[:1] == ["help"] else ["-V"] if first == "version" else typed)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _GLOBAL:
            front += [word, *islice(words, 1)]
        else:
            (front if word.startswith(tuple(f"{option}=" for option in _GLOBAL)) else rest).append(word)
    return [*front, *rest]


def _summary(name: str) -> str:
    """The first paragraph of the verb's help, read from its module's text without loading it."""
    word = name.replace("-", "_")
    text = (Path(__file__).parent / _FOLDER_OF[name] / f"{word}.py").read_text(encoding="utf-8")
    begins = max(text.find(f"\ndef {function}(") for function in (word, "_root"))
    paragraph = text[begins:].split('"""', 2)[1].partition("\n\n")[0]
    return " ".join(paragraph.replace("`", "").split())


def _option(param: Any) -> tuple[str, ...]:
    """Its long names, its short ones, what it takes, what it does."""
    long = [name for name in param.opts if name.startswith("--")]
    short = [name for name in param.opts if name not in long]
    return ",".join(long), ",".join(short), param.metavar or "", param.help or ""


def _without_metavar(command: Any) -> None:
    """A flag takes no value: without this the help says `--json <bool>`, and `--json true` is an error."""
    helping = type(command).get_help_option  # the class's own: a command that is read twice is not wrapped twice
    command.get_help_option = lambda context: _flag(helping(command, context))
    for param in command.params:
        _flag(param)
    for below in getattr(command, "commands", {}).values():
        _without_metavar(below)


def _flag(param: Any) -> Any:
    if getattr(param, "is_flag", False):
        param.metavar = ""
    if "process_value" not in vars(param):
        param.process_value = partial(_read, param, param.process_value)
    return param


def _read(param: Any, typed: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    """What is not typed is the default as it stands. Typer asks pydantic also for that, which takes 40 ms to load."""
    given = value is not None and value is not param.default
    if given or param.required or not isinstance(value, str | None):
        return typed(context, value)
    value = () if value is None and (param.multiple or param.nargs == -1) else value
    return param.callback(context, param, value) if param.callback else value


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _title, _names in FOLDERS.values():
    for _name in _names:
        app.command(_name, rich_help_panel=_title)(lambda: None)


def whole() -> Any:  # Typer's own Group, which it does not export
    """The command with every verb loaded."""
    group = typer.main.get_command(app)
    group.load(*_FOLDER_OF)  # type: ignore[attr-defined] # it is `Verbs`
    return group


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        typer.echo(f"leadbridge {bridge.__version__}")
        raise typer.Exit


def _install_completion(wanted: bool) -> None:  # noqa: FBT001 - see above
    if wanted:
        found = import_module("bridge.cli.setup.completion")
        found.install()
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Use this bridge.toml (else BRIDGE_CONFIG).")
    ] = None,
    client: Annotated[str, typer.Option(metavar="NAME", help="Look only at the routes of this client.")] = "",
    *,
    version: Annotated[  # noqa: ARG001 - its callback has done all there is to do
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
    install_completion: Annotated[  # noqa: ARG001 - the same
        bool,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help="Install completion for this shell.",
        ),
    ] = False,
) -> None:
    """Copies validated leads from finished Scravio campaigns into Instantly: never twice, never lost.

    First time here? Run `leadbridge demo`, then `leadbridge init`.
    """
    context.obj = Session(config, client)


def main() -> None:
    """Run the command and leave with its exit code."""
    _open_closed_streams()
    if "_LEADBRIDGE_COMPLETE" in os.environ:  # a shell asks what could be typed
        import_module("typer.completion").completion_init()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark instead of a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    app()


def _open_closed_streams() -> None:
    """Where the caller closed stdout or stderr, print into the void: else the next file opened takes its number."""
    while sys.stdout is None or sys.stderr is None:
        handle = os.open(os.devnull, os.O_RDWR)
        if sys.stdout is None:
            sys.stdout = os.fdopen(handle, "w")
        else:
            sys.stderr = os.fdopen(handle, "w")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise failures.Stopped
