"""One small and one lively world, each with a clock that stands still, and clients for both vendors."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bridge.sandbox import Sandbox, demo_world, small_world
from tests.contract.schema import ContractTransport

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Clock:
    moment: datetime = NOW
    slept: list = field(default_factory=list)

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock):
    return Sandbox(small_world(NOW, "First", "Second", leads=25), clock.now, clock.sleep)


@pytest.fixture
def demo(clock):
    return Sandbox(demo_world(NOW), clock.now, clock.sleep)


def scravio_of(sandbox):
    headers = {"X-API-Key": sandbox.keys.scravio, "User-Agent": "leadbridge-tests/1"}
    return httpx.Client(transport=sandbox.transport(), base_url="https://scravio.example/api", headers=headers)


def instantly_of(sandbox, key="sandbox-key", *, judged=True):
    """A client whose answers, though not its requests, are judged by the vendor's document."""
    headers = {"Authorization": f"Bearer {key}", "User-Agent": "leadbridge-tests/1"}
    transport = sandbox.transport()
    transport = ContractTransport(transport, requests=False) if judged else transport
    return httpx.Client(transport=transport, base_url="https://instantly.example/api/v2", headers=headers)


@pytest.fixture
def scravio(sandbox):
    with scravio_of(sandbox) as client:
        yield client


@pytest.fixture
def instantly(sandbox):
    with instantly_of(sandbox) as client:
        yield client


@pytest.fixture
def workspace(sandbox):
    return sandbox.world.instantly
