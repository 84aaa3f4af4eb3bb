"""The words bridge.toml may use, as the vendors document them, and the nearest to a mistyped one. Reads no file."""

from collections.abc import Iterable
from difflib import get_close_matches

PLATFORMS = ("instagram", "tiktok", "youtube", "x", "linkedin", "facebook")
"""Platforms of a lead (scravio.md §4)."""

SOURCE_TYPES = ("profile", "keyword")
"""How Scravio came to a lead (scravio.md §4)."""

STATUSES = (
    "pending",
    "scraping",
    "scraping_completed",
    "processing_emails",
    "fully_completed",
    "failed",
    "stopped",
)
"""Statuses of a source campaign (scravio.md §5)."""

FINISHED = ("fully_completed", "stopped")
"""Those a route may name: in any other the leads are not complete, or never will be."""

TYPE_SHORTHANDS = ("INSTAGRAM", "YOUTUBE", "FACEBOOK", "LINKEDIN", "TWITTER", "TIKTOK", "X")
CAMPAIGN_TYPES = (
    "INSTAGRAM_HASHTAG",
    "INSTAGRAM_USER_FOLLOWERS",
    "INSTAGRAM_USER_FOLLOWING",
    "INSTAGRAM_POST_LIKERS",
    "INSTAGRAM_POST_COMMENTERS",
    "INSTAGRAM_PROFILE_LIST",
    "INSTAGRAM_KEYWORD_SEARCH",
    "YOUTUBE_KEYWORD_SEARCH",
    "YOUTUBE_CHANNEL_SEARCH",
    "FACEBOOK_KEYWORD_SEARCH",
    "LINKEDIN_KEYWORD_SEARCH",
    "TWITTER_KEYWORD_SEARCH",
    "TIKTOK_KEYWORD_SEARCH",
    "TIKTOK_SEARCH_USERS",
    "TIKTOK_USER_FOLLOWERS",
    "TIKTOK_USER_FOLLOWING",
    "TIKTOK_POST_COMMENTERS",
    "X_KEYWORD_SEARCH",
    "X_FOLLOWERS",
    "X_FOLLOWING",
    "X_RETWEETS",
    "X_REPLIERS",
)
"""Types of a source campaign (scravio.md §5); a shorthand stands for every type of its platform."""

CORE_VARIABLES = frozenset(
    {
        "email",
        "firstname",
        "lastname",
        "companyname",
        "jobtitle",
        "phone",
        "website",
        "personalization",
        "sendingaccountfirstname",
        "random",
    }
)
"""What Instantly's templates already mean by a name, without case and separators (instantly.md §1.2 and §1.6)."""


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that was probably meant, "" where none is near; case does not count."""
    known = {candidate.casefold(): candidate for candidate in words}
    near = get_close_matches(word[:60].casefold(), known, n=1)  # hostile lengths would cost the matcher dearly
    return known[near[0]] if near else ""


def either(words: Iterable[str]) -> str:
    """The words as a choice, `"hold" or "allow"`; "" for none."""
    quoted = [f'"{word}"' for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
