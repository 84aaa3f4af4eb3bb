"""The looks of the preview's page: one style sheet for screens, light and dark, narrow and wide, and for paper."""

STYLE = """
:root { color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1d2129; --soft: #5c6470; --line: #e2e3df; --quiet: #f2f2ee;
  --go: #1f7a4d; --stay: #b9bcc2; --warn: #8a5a00; --warnback: #fff6e0; --bad: #b3261e; --badback: #fdecea;
  --fillback: #e4f3ea; --fallback: #fdf0cf; --codeback: #ececf0; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14161a; --card: #1c1f25; --ink: #e7e8ea; --soft: #a0a6b0; --line: #30343c; --quiet: #23272e;
  --go: #57c08a; --stay: #555b66; --warn: #f0c060; --warnback: #33290f; --bad: #ff8a80; --badback: #3a1a18;
  --fillback: #173626; --fallback: #3d3112; --codeback: #2c3038; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; }
.soft, caption { color: var(--soft); }
.small { font-size: .875rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.5rem; margin: 1.75rem 0 0; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem 2.25rem; margin: 1.25rem 0 1rem; padding: 0; }
.figures div { min-width: 5.5rem; }
.figures dt { color: var(--soft); font-size: .875rem; }
.figures dd { margin: 0; font-size: 1.75rem; line-height: 1.2; font-variant-numeric: tabular-nums; font-weight: 600; }
.figures .main dd { color: var(--go); }
svg.bar { display: block; width: 100%; height: .6rem; border-radius: .3rem; background: var(--stay); }
svg.bar .go { fill: var(--go); }
svg.share { width: 5rem; height: .5rem; border-radius: .25rem; background: var(--quiet); vertical-align: middle; }
svg.share rect { fill: var(--warn); }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-size: .875rem; padding: 0 0 .4rem; }
th { text-align: left; font-size: .8125rem; font-weight: 600; color: var(--soft); }
th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
tr > :last-child { padding-right: 0; }
tbody tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal;
  width: 1%; }
td.w, th.w { white-space: nowrap; }
td.v, th.v { min-width: 8.5em; }
ul.notes { list-style: none; padding: 0; margin: 1rem 0 0; }
ul.notes li { padding: .55rem .8rem; border-radius: .5rem; margin: .4rem 0; overflow-wrap: anywhere; }
.warn { background: var(--warnback); color: var(--warn); }
.bad { background: var(--badback); color: var(--bad); }
.unknown { background: var(--quiet); color: var(--soft); }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; }
details ul { margin: .4rem 0 0; padding-left: 1.2rem; font-size: .875rem; color: var(--soft); }
article { border: 1px solid var(--line); border-radius: .6rem; margin: .9rem 0; overflow: hidden; }
article header { background: var(--quiet); padding: .7rem 1rem; font-size: .875rem; color: var(--soft);
  overflow-wrap: anywhere; }
article header .subject { color: var(--ink); font-weight: 600; font-size: 1rem; margin: .15rem 0 0; }
article .body { padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.filled { background: var(--fillback); border-radius: .2rem; padding: 0 .12em; }
.fallback { background: var(--fallback); border-radius: .2rem; padding: 0 .12em; }
.hole { background: var(--badback); color: var(--bad); border-radius: .2rem; padding: 0 .12em; font-weight: 600; }
.code, .sender { background: var(--codeback); color: var(--soft); border-radius: .2rem; padding: 0 .12em;
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .875rem; color: var(--soft); padding: 0;
  list-style: none; margin: .5rem 0; }
footer { color: var(--soft); font-size: .875rem; margin-top: 2rem; }
@media (max-width: 34rem) { main { padding: 1.5rem .8rem 3rem; } section { padding: 1.1rem .9rem; }
  .figures { gap: .6rem 1.5rem; } .figures dd { font-size: 1.4rem; } svg.share { display: none; }
  th, td { padding-right: .6rem; font-size: .9375rem; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb;
  --quiet: #f4f4f4; --go: #1f7a4d; --stay: #b9bcc2; --warn: #6b4500; --warnback: #fff; --bad: #8c1d18;
  --badback: #fff; --fillback: #e8f3ec; --fallback: #f7ecd0; --codeback: #eee; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; } section { border: 0; padding: 0; }
  .warn, .bad { border: 1px solid currentColor; } article, tr, .figures { break-inside: avoid; }
  h3 { break-after: avoid; } details > :not(summary) { display: block; } }
"""
