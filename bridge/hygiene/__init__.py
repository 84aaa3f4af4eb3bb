"""Makes scraped text safe to hand on: strings in, strings out. No I/O, no state, and never a guess that reaches people.

`email` reads an address; `domains` and `typos` say what kind of mailbox it is. `variables` neutralises every text that
goes out; `graphemes` says where one may be cut. `names`, `company`, `phone`, `countries`, `languages`, `links` and
`profiles` give a value only where it is certain. All of them take hostile input: lone surrogates, NUL, bidi controls,
template code, texts of 20 kB. What they know by heart stands in `lists/`, each with its source and licence.
"""
