"""Makes every page and picture that a script makes, and the README's table of states. Prints nothing."""

from docs import make_commands, make_configuration, make_reasons, make_terminal
from docs.markdown import HERE, write

write("configuration.md", make_configuration.page())
write("commands.md", make_commands.page())
write("reasons.md", make_reasons.page())
make_terminal.main()
readme = HERE.parent / "README.md"
readme.write_text(make_reasons.with_states(readme.read_text(encoding="utf-8")), encoding="utf-8")
