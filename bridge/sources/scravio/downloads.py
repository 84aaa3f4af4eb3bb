"""Fetches a file from a pre-signed link. Sends no key and no cookie there, and never logs or keeps the link.

A link is a stranger's word for where to connect to. Only https or the configured base itself is followed, no address
inside a private network, and three redirects at most. The file may be neither too large nor too slow.
"""

import ipaddress
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from bridge.api import bodies, deadline, tally
from bridge.api.client import USER_AGENT
from bridge.errors import Denied, Unavailable, VendorError

LARGEST_FILE = 1024 * 1024 * 1024
WHOLE_FILE_SECONDS = 300.0
MOST_REDIRECTS = 3
_HEADERS = {"User-Agent": USER_AGENT, "Accept-Encoding": bodies.ACCEPTED}


class Downloads:
    """Fetches files beside the API at `base_url`. `transport` replaces the network, `seconds` bounds one whole file."""

    def __init__(
        self,
        base_url: str,
        transport: httpx.BaseTransport | None = None,
        *,
        largest: int = LARGEST_FILE,
        seconds: float = WHOLE_FILE_SECONDS,
    ) -> None:
        self._base = urlsplit(base_url)
        self._transport = transport
        self._largest = largest
        self._seconds = seconds

    def fetch(self, link: str, into: Path, *, whole: bool = False) -> int:
        """Write what the link holds to a file that only its owner may read; its size in bytes.

        `whole`: only from an answer that says where it ends. One that ends with its connection may have been cut off.
        Raises Denied where the link is not to be trusted, Unavailable where the file does not come whole.
        """
        into.touch(mode=0o600)
        with (
            deadline.open_http("", _HEADERS, self._transport) as http,
            deadline.within(self._seconds),
        ):
            try:
                for _ in range(MOST_REDIRECTS + 1):
                    self._look_at(link)
                    if (counter := tally.get()) is not None:
                        counter["scravio"] += 1
                    with http.stream("GET", link) as response:
                        if response.is_redirect:
                            link = urljoin(link, response.headers.get("Location", ""))
                            continue
                        if whole and not _says_where_it_ends(response):
                            raise _broken("does not say where it ends")
                        return self._save(response, into)
            except httpx.TimeoutException:
                raise _broken("did not arrive in time") from None
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                raise _broken(f"stopped early ({type(error).__name__})") from None
        raise _broken(f"is redirected more than {MOST_REDIRECTS} times")

    def _look_at(self, link: str) -> None:
        try:
            url = urlsplit(link)
            port = url.port
        except ValueError:
            raise _distrusted("it is no web address") from None
        if _origin(url, port) == _origin(self._base, self._base.port):
            return
        if url.scheme != "https" or not url.hostname or url.username or url.password:
            raise _distrusted("it is no https address")
        if _is_private(url.hostname):
            raise _distrusted("it points into a private network")

    def _save(self, response: httpx.Response, into: Path) -> int:
        if not response.is_success:
            raise _broken(f"is answered with status {response.status_code}")
        size = 0
        with into.open("wb") as file:
            for piece in bodies.pieces(response):
                size += len(piece)
                if size > self._largest:
                    raise _broken(f"is larger than {self._largest} bytes")
                file.write(piece)
        return size


def _says_where_it_ends(response: httpx.Response) -> bool:
    """By its length, in chunks, or by its compression, whose every member is counted and summed (RFC 1952)."""
    signs = {"Content-Length", "Transfer-Encoding", "Content-Encoding"}
    return response.http_version == "HTTP/2" or any(name in response.headers for name in signs)


def _origin(url: SplitResult, port: int | None) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", port or (443 if url.scheme == "https" else 80)


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".")
        # A last label that begins with a digit is an address in another spelling (127.1, 0x7f.1, 2130706433); a name
        # without a dot is one of the house.
        spelled = name.rpartition(".")[2][:1].isdigit()
        return "." not in name or spelled or name.endswith((".localhost", ".local", ".internal"))


def _broken(what: str) -> VendorError:
    return Unavailable(f"The file that Scravio made {what}.", hint="The next run fetches it again.", vendor="scravio")


def _distrusted(why: str) -> VendorError:
    return Denied(
        f"Scravio's link to its file was not followed: {why}.",
        hint='Check SCRAVIO_BASE_URL, or read by pages: extract = "pages" under [scravio] in bridge.toml.',
        vendor="scravio",
    )
