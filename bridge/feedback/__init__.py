"""Events in: what vendors say of delivered leads, and what follows from it. Knows no vendor by name."""

from bridge.feedback.polling import Heard, poll

__all__ = ["Heard", "poll"]
