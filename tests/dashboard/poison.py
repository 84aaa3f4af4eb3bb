"""A ledger in which every text that comes from outside is hostile."""

import orjson

from tests.hygiene import hostile


def batched(texts, size=3):
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def poison(db):
    """Every text that comes from outside is hostile: titles, names, handles, addresses, errors of runs."""
    texts = ["".join(one) for one in batched([*hostile.CODE, *hostile.EDGES, *hostile.UNSEEN, *hostile.LETTERS])]
    texts += ["</script><script>document.title='taken'</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"]
    with db.write() as connection:
        count = connection.exec_driver_sql("SELECT max(id) FROM lead").scalar_one()
        for number in range(1, count + 1):
            text = texts[number % len(texts)].replace("\x00", "").encode("utf-8", "ignore").decode()
            facts = {"full_name": text, "biography": text, "username": text, "email": text, "platform": text}
            connection.exec_driver_sql(
                "UPDATE lead SET facts = ?, username = ? WHERE id = ?", (orjson.dumps(facts).decode(), text, number)
            )
        bad = "<img src=x onerror=alert(1)>"
        connection.exec_driver_sql("UPDATE campaign SET title = ? || id", (bad,))
        connection.exec_driver_sql("UPDATE place SET title = ?", (bad,))
        connection.exec_driver_sql("UPDATE delivery SET detail = ?, address = ? WHERE id % 2 = 0", (bad, bad))
        connection.exec_driver_sql("UPDATE event SET detail = ?", (bad,))
        connection.exec_driver_sql(
            "UPDATE run SET status = 'failed', document = ?", (f'{{"error": "{bad}", "hint": "{bad}"}}',)
        )
