"""Makes every page and picture that a script makes. Prints nothing."""

from pathlib import Path

from bridge.config import schema
from docs import make_commands, make_configuration, make_reasons, make_terminal
from docs.markdown import write

write("configuration.md", make_configuration.page())
write("commands.md", make_commands.page())
write("reasons.md", make_reasons.page())
make_terminal.main()
(Path(__file__).parent.parent / "config" / schema.NAME).write_text(schema.text(), encoding="utf-8")
