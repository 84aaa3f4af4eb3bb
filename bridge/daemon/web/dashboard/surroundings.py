"""What the dashboard is given: settings, configuration and ledger, with or without a daemon. Shows nothing."""

from collections.abc import Callable
from contextlib import suppress

from bridge.config import Configuration, Settings, load
from bridge.daemon.reload import WatchedFile
from bridge.errors import ConfigProblem
from bridge.ledger import Database


class Alone:
    """Without a daemon: the file is looked at with each question, and a change that cannot be used is left alone."""

    def __init__(self, settings: Settings, db: Database, read: Callable[[], Configuration] | None = None) -> None:
        self.settings = settings
        self.db: Database | None = db
        path = settings.config_file()
        self._file = WatchedFile(path, read or (lambda: load(path)))
        self._configuration = self._file.load()

    @property
    def configuration(self) -> Configuration:
        """The configuration as the file last said it well."""
        with suppress(ConfigProblem):
            self._configuration = self._file.changed() or self._configuration
        return self._configuration
