"""`leadbridge completion`: the script that a shell needs to complete verbs, options and routes. Writes no file.

Typer, which parses the command line, makes the scripts and answers the shells.
"""

from importlib import import_module
from typing import Annotated, Any

import typer

from bridge.errors import ConfigProblem

shells: Any = import_module("typer.completion")  # what it offers is exported to no type checker
_COMMAND, _VARIABLE = "leadbridge", "_LEADBRIDGE_COMPLETE"
_KNOWN = ("bash", "zsh", "fish", "powershell", "pwsh")


def completion(
    shell: Annotated[
        str, typer.Argument(metavar="[SHELL]", help="bash, zsh, fish or powershell; default: yours.")
    ] = "",
) -> None:
    """Print the completion script of your shell; `leadbridge --install-completion` installs it.

    Example: `eval "$(leadbridge completion bash)"`
    """
    script = shells.get_completion_script(prog_name=_COMMAND, complete_var=_VARIABLE, shell=_shell(shell))
    typer.echo(script)


def install() -> None:
    """Install the completion of the shell that this command was started from, as `--install-completion`."""
    shell, path = shells.install(shell=_shell(), prog_name=_COMMAND, complete_var=_VARIABLE)
    typer.echo(f"Completion for {shell} is written to {path}. It works in the next shell that you open.")


def _shell(named: str = "") -> str:
    """The shell that is meant. Raises ConfigProblem for one that has no completion."""
    shell = named.casefold() or shells._get_shell_name() or ""  # noqa: SLF001 - its detection has no other name
    if shell not in _KNOWN:
        what = f'"{named[:40]}" is no shell' if named else f"This shell ({shell or 'unknown'}) is none"
        raise ConfigProblem(f"{what} that can be completed.", hint="Name one: leadbridge completion bash, zsh or fish.")
    return shell
