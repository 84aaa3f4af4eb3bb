"""The registry: every vendor with its variables, its tables of bridge.toml and its code.

A new vendor is one entry here and one folder: docs/add-a-vendor.md shows it. Reads no file, sends nothing. What
pydantic checks of it (`bridge.config.vendor_tables`) is opened when bridge.toml is read.
"""

from bridge.config.vendor import Variable, Vendor, folder

SCRAVIO = Vendor(
    name="scravio",
    title="Scravio",
    variables=(
        Variable("SCRAVIO_API_KEY", "key of the Scravio API (dashboard, API Keys)", kind="secret", begins="sk_live_"),
        Variable("SCRAVIO_ACCESS_TOKEN", "access token of a Scravio user, in place of the key", kind="secret"),
        Variable("SCRAVIO_WORKSPACE_ID", "Scravio workspace, where the account has several"),
        Variable("SCRAVIO_BASE_URL", "where the Scravio API answers", "https://api.scravio.com/api", "url"),
    ),
    key_at="Scravio's dashboard under API Keys",
    tables=folder("bridge.config.vendor_tables.scravio"),
    code=folder("bridge.sources.scravio.opening"),
)

CSV = Vendor(
    name="csv",
    title="the CSV files",
    tables=folder("bridge.config.vendor_tables.csv_files"),
    code=folder("bridge.sources.csv_files"),
)

INSTANTLY = Vendor(
    name="instantly",
    title="Instantly",
    variables=(
        Variable("INSTANTLY_API_KEY", "key of the Instantly API v2 (Settings, Integrations, API Keys)", kind="secret"),
        Variable(
            "INSTANTLY_BASE_URL",
            "where the Instantly API answers, without /api/v2",
            "https://api.instantly.ai",
            "url",
        ),
    ),
    key_at="Instantly under Settings, Integrations, API Keys",
    untested="the key's scope leads:create, which every sync needs, and lead_lists:create for a list with "
    "`create = true`",
    path="/api/v2",
    tables=folder("bridge.config.vendor_tables.instantly"),
    code=folder("bridge.destinations.instantly.opening"),
)

INBOX = Vendor(
    name="inbox",
    title="Inbox",
    variables=(
        Variable("INBOX_API_KEY", "token of the Inbox API (Settings, API)", kind="secret"),
        Variable("INBOX_BASE_URL", "where the Inbox API answers, without /api/v1", "https://inboxapp.com", "url"),
    ),
    key_at="Inbox under Settings, API",
    path="/api/v1",
    tables=folder("bridge.config.vendor_tables.inbox"),
    code=folder("bridge.destinations.inbox.opening"),
)

PUFFLE = Vendor(
    name="puffle",
    title="Puffle",
    variables=(
        Variable("PUFFLE_API_KEY", "key of the Puffle API (Settings, API)", kind="secret", begins="pk_live_"),
        Variable("PUFFLE_BASE_URL", "where the Puffle API answers, without /api", "https://app.puffle.ai", "url"),
    ),
    key_at="Puffle under Settings, API",
    path="/api",
    tables=folder("bridge.config.vendor_tables.puffle"),
    code=folder("bridge.destinations.puffle.opening"),
)

VENDORS: dict[str, Vendor] = {vendor.name: vendor for vendor in (SCRAVIO, CSV, INSTANTLY, INBOX, PUFFLE)}
"""Every vendor by its name, as the ledger has it."""
