"""Shows the ledger as web pages, and takes a few orders there. Holds no SQL and decides nothing about leads.

A page reads by functions of `ledger.views` and `reports`; an order goes through `App`, as a verb's does. Imported only
where pages are served: it loads starlette and Jinja2.
"""
