"""Rehearsal: simulated routers on loopback. Imports nothing from the rest; it is the opponent.

What a box knows is data, what it does with it is code:

    ios122_config, ios122_exec   the command tables of IOS 12.2(8)T; ios122 compiles them
    profiles                     the boxes: hardware, banners, order of the configuration, what is configured at start
    syntax, forms                how tables are written and typed lines are read, with abbreviations and the caret
    configure, edit, rules       applying a line: sections, defaults, references, refusals in the release's words
    store, model                 what is configured, and what it means to the router
    network, ike, sa             packets between boxes, negotiation from both configurations, SAs and counters
    session, execs, ping, reload what a session does; shows and shows_crypto print
    telnet, terminal             the line: options, echo, paging, round trips
    faults, clock, box           what is broken, how fast time runs, one router with all of it
    rehearsal, control, folder   all boxes of a lab, the channel to them, the private folder
    entry, cli                   the two doors: `start` and `attach` for programs, `nr-run lab` for people

A further release is a further pair of tables and, where it does more than store a line, a few rules; a further transport is
a further `terminal.Terminal`.
"""
