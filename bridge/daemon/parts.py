"""Which parts hear the daemon beside its own log: health pages, metrics, alerts, the ping. Builds them, starts none.

`service` opens each in this order before anything runs, tells it what happens, and closes it in the opposite order.
"""

from bridge.config import Configuration, Settings
from bridge.daemon.alerts import Alerts
from bridge.daemon.events import Listener
from bridge.daemon.ping import Ping
from bridge.daemon.web.metrics import Metrics
from bridge.daemon.web.server import Web
from bridge.daemon.webhooks import Webhook


def parts(settings: Settings, configuration: Configuration) -> list[Listener]:
    """Every part that the settings and the configuration ask for. The pages first: a port in use ends it all."""
    metrics = Metrics()
    wanted: list[Listener] = [Web(configuration.http, metrics), metrics]
    if settings.alert_url:
        wanted.append(Alerts(Webhook("alert", settings.alert_url)))
    if settings.ping_url:
        wanted.append(Ping(Webhook("ping", settings.ping_url)))
    return wanted
