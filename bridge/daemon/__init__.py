"""The daemon: when routes run, on how many hosts, how it stops, and how it reports its health. Decides no lead.

`service` composes the components, and `events` are what they listen to. `timetable` computes when routes are due,
`scheduler` waits for that, and `dispatcher` turns ticks into runs.
"""
