"""What a database says of its own tables, as plain values to compare. Knows no model and no migration."""

import re

import sqlalchemy as sa

_POSTGRES = {
    "columns": "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
    "coalesce(pg_get_expr(d.adbin, d.adrelid), '') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped",
    "indices": "SELECT relname, pg_get_indexdef(oid) FROM pg_class "
    "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'i'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = current_schema()::regnamespace",
    "triggers": "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
}


def catalogue(database):
    """Tables, columns, types, defaults, keys, constraints, indices with expressions and directions, and triggers."""
    with database.read() as connection:
        return _of_sqlite(connection) if database.dialect == "sqlite" else _of_postgres(connection)


def counts(database):
    """How many rows each table holds."""
    with database.read() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
        return {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def _of_postgres(connection):
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    found = {}
    for kind, query in _POSTGRES.items():
        rows = connection.exec_driver_sql(query).all()
        found[kind] = {tuple(str(value).replace(f"{schema}.", "") for value in row) for row in rows}
    return found


def _of_sqlite(connection):
    def ask(pragma):
        return connection.exec_driver_sql(f"PRAGMA {pragma}").mappings().all()

    made = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_schema").all()
    found = {"columns": set(), "indices": set(), "constraints": set(), "triggers": set(), "tables": set()}
    for kind, name, table, sql in made:
        if kind == "table":
            found["columns"] |= {
                (name, *(v for k, v in row.items() if k != "cid")) for row in ask(f"table_xinfo('{name}')")
            }
            found["constraints"] |= {(name, one) for one in _constraints(sql)}
            (about,) = [row for row in ask(f"table_list('{name}')") if row["schema"] == "main"]
            found["tables"].add((name, about["wr"], about["strict"]))
        elif kind == "index":
            on = tuple((row["name"], row["desc"], row["coll"]) for row in ask(f"index_xinfo('{name}')") if row["key"])
            unique = [row["unique"] for row in ask(f"index_list('{table}')") if row["name"] == name]
            # What was made for a constraint has no words of its own; an expression has no other place than the words.
            found["indices"].add((name if sql else table, on, *unique, _plain(sql or "")))
        else:
            found["triggers"].add((name, table, _plain(sql)))
    return found


def _constraints(sql):
    """The parts of CREATE TABLE that are no columns: keys, UNIQUE, CHECK, FOREIGN KEY."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth, start = [], 0, 0
    for at, character in enumerate(body):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append(body[start:at])
            start = at + 1
    parts.append(body[start:])
    words = re.compile(
        r"\s*(constraint|primary|unique|check|foreign)\b|.*\b(check|references)\b", re.IGNORECASE | re.DOTALL
    )
    return {_plain(part) for part in parts if words.match(part)}


def _plain(sql):
    return " ".join(sql.replace('"', "").split())
