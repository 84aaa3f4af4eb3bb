"""Finds the leads and the person that a search means: by address, profile, handle, id or name. Writes nothing."""

from bridge.hygiene import blocking, email, identities
from bridge.ledger import Database
from bridge.ledger.people.looking import entries_about, erased_at, of_person
from bridge.ledger.views import stories
from bridge.ledger.views.stories import LeadStory
from bridge.reports.stories import Person


def about(db: Database, query: str) -> Person | None:
    """What is known of the address or domain without any lead; None where that is nothing."""
    read = blocking.read(query) if not query.startswith("@") else None
    if not isinstance(read, blocking.Blocked):
        return None
    listed, removed = tuple(entries_about(db, read.value)), tuple(of_person(db, read.value))
    found = Person(query, erased_at(db, read.value), listed, removed)
    return found if found.erased_at or listed or removed else None


def find(db: Database, query: str) -> list[LeadStory]:
    """Every lead that the query may mean, with its story.

    What is written as an address, a profile or a @handle is no name: names are searched in every lead.
    """
    handle = query.startswith("@") and " " not in query
    is_key = handle or identities.written(query) or isinstance(email.read(query), email.Address)
    found = exactly(db, query) or ([] if is_key else stories.leads_with_name(db, query))
    return stories.lead_stories(db, found)


def exactly(db: Database, query: str) -> list[int]:
    """The leads of this address, profile, handle or id, by indices alone, except for a malformed address."""
    if query.startswith("@"):
        return stories.leads_with_username(db, query[1:])
    if "@" in query or identities.written(query):
        named, read = identities.written(query), email.read(query)
        keys = ({named.key} if named else set()) | ({read.value} if isinstance(read, email.Address) else set())
        return stories.leads_of_person(db, keys) or stories.leads_as_scraped(db, query)
    return stories.leads_with_source_id(db, query) or stories.leads_with_username(db, query)
