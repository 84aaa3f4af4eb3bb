"""Makes every page and picture that a script makes. Prints nothing."""

from docs import make_commands, make_configuration, make_reasons, make_terminal
from docs.markdown import write

write("configuration.md", make_configuration.page())
write("commands.md", make_commands.page())
write("reasons.md", make_reasons.page())
make_terminal.main()
