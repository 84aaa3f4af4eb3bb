"""Scravio and Instantly in memory, behaving as documented: for the demo, for tests, for trying a configuration.

It plays the vendors and therefore imports nothing from the rest of the bridge.
"""

from bridge.sandbox.sandbox import Keys, Sandbox
from bridge.sandbox.worlds import World, bench_world, demo_world, small_world

__all__ = ["Keys", "Sandbox", "World", "bench_world", "demo_world", "small_world"]
