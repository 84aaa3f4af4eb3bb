"""The keys that promise "never twice" hold in the database itself, on both of them."""

import sqlalchemy as sa


def test_no_unique_key_lets_null_in(db):
    """instantly.md pitfall 31: NULLs are distinct in a unique index, so no column of a key may hold one."""
    inspector = sa.inspect(db.engine)
    loose = []
    for name in inspector.get_table_names():
        nullable = {column["name"] for column in inspector.get_columns(name) if column["nullable"]}
        keys = [index["column_names"] for index in inspector.get_indexes(name) if index["unique"]]
        keys += [one["column_names"] for one in inspector.get_unique_constraints(name)]
        keys.append(inspector.get_pk_constraint(name)["constrained_columns"])
        loose += [f"{name}.{column}" for key in keys for column in key if column in nullable]
    assert loose in ([], ["alembic_version.version_num"])


def test_a_person_has_one_owner_in_a_scope(db):
    """The claim's primary key is scope and person, and nothing else."""
    key = sa.inspect(db.engine).get_pk_constraint("claim")["constrained_columns"]
    assert sorted(key) == ["person", "scope_no"]
