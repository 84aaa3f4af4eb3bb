"""What a claim of a workspace stands for, as text that any statement may use. Imports nothing.

The ordinary claim is one row: in the widest scope of its target. It stands for the narrower ones too, as long as no
row of theirs names another delivery. Before a statement depends on a narrower scope, or gives a claim up, these rows
are written out in the same transaction (`core/freeing.py`). So the primary key holds in every scope a route minds.
"""

IMPLIED = """
    FROM claim c JOIN delivery o ON o.id = c.delivery_id JOIN place p ON p.no = o.place_no
    JOIN scope w ON w.no = c.scope_no AND w.name = p.vendor || ':' || p.workspace
    JOIN scope n ON n.name IN (w.name || ':' || p.kind || 's', w.name || ':' || p.kind || ':' || p.id)
    WHERE NOT EXISTS (SELECT 1 FROM claim x WHERE x.person = c.person AND x.scope_no = n.no)
"""
"""The claims `c` that stand for a scope `n` in which the person has no row. `w` is the workspace."""
