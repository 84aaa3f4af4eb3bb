"""The daemon: when routes run, on how many hosts, how it is told to stop, and how it says how it is. Decides no lead.

`service` composes the parts, `events` is what they hear, `desk` hands ticks to threads, `timetable` says when.
"""
