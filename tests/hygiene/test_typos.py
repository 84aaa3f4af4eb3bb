"""A misspelled domain is distinguished from a real one."""

import pytest

from bridge.hygiene import domains, typos
from bridge.hygiene.wordlists import words

# fmt: off
MISSPELLED = [
    "gmial.com", "gmai.com", "gmal.com", "gamil.com", "gnail.com", "gmaill.com", "gmail.con", "gmail.cm", "gmail.co",
    "gmail.comm", "gmail.com.br", "gmail.fr", "hotmial.com", "hotmal.com", "hormail.com", "hotmail.con", "hotmai.fr",
    "yaho.com", "yahooo.com", "yhoo.com", "yahoo.cm", "yaho.co.uk", "outlok.com", "outloook.com", "outlook.vom",
    "iclod.com", "icluod.com", "protonmial.com", "gooogle.con", "studio.con", "jane.cmo", "mail.studio.ogr",
]
REAL = [
    "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co", "hotmail.co.uk", "hotmail.fr", "live.cn", "live.com",
    "mail.com", "email.com", "ymail.com", "rocketmail.com", "gmx.co", "gmx.de", "gmx.net", "yahoo.co.uk", "yahoo.fr",
    "yahoo.co.jp", "outlook.com", "outlook.fr", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "pm.me",
    "protonmail.com", "yandex.ru", "yandex.com", "ya.ru", "mail.ru", "web.de", "msn.com", "gail.com", "tmail.com",
    "vmail.com", "cloud.com", "incloud.com", "hotmail-studio.com", "gmailstudio.com", "yahoogroups.com", "t-online.de",
    "studio.cn", "studio.co", "studio.cm", "studio.om", "studio.camera", "studio.community", "nova.net", "nova.org",
    "gmail.example", "hotel.com", "hotmama.com", "outlooks.com", "goggle.com", "google.com", "xn--bcher-kva.de",
    "fastmail.com", "zohomail.com", "hey.com", "qq.com", "163.com", "naver.com", "libero.it", "orange.fr", "",
]
# fmt: on


@pytest.mark.parametrize("domain", MISSPELLED)
def test_a_slip_of_the_finger_is_known(domain):
    """Letters left out, doubled, swapped or hit beside, and endings that do not exist."""
    assert typos.is_typo(domain)
    assert domains.domain(domain) is domains.Domain.TYPO


@pytest.mark.parametrize("domain", REAL)
def test_a_real_domain_is_no_slip(domain):
    """Anyone who really has a mailbox there must not be held: short names and other companies are left alone."""
    assert not typos.is_typo(domain)


def test_no_provider_is_called_a_slip():
    """Every free-mail and relay domain that is listed passes."""
    assert not [domain for domain in words("free_mail") | words("relay") if typos.is_typo(domain)]
    assert not words("typo_domains") & words("no_typos")


def test_every_listed_slip_is_one():
    """The list is heard before anything else."""
    assert all(map(typos.is_typo, words("typo_domains")))
