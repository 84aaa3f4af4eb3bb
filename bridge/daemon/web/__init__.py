"""How the daemon is, over HTTP: health, metrics, status. Changes nothing."""
