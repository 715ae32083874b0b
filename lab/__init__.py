"""Rehearsal: simulated routers and firewalls on loopback. Imports nothing from the rest; it is the opponent.

What a box knows is data, what it does with it is code:

    ios122_config, ios122_exec   the command tables of IOS 12.2(8)T
    ios124_*, ios154_*, ios17_*  what 12.4(25d), 15.4(3)M3 and IOS-XE 17 changed in them; releases compiles them all
    asa.generations              one row for each release of the ASA: words, algorithms, defaults, tunnel interfaces
    asa.config*, asa.exec_table  the command tables of the ASA, made from a row; asa.releases puts them together
    profile, profiles            the boxes: hardware, banners, order of the configuration, what is configured at start
    profiles_ssh, profiles_xe, profiles_asa
                                 the routers that are reached by SSH, those with IOS-XE, and the firewalls
    syntax, forms                how tables are written and typed lines are read, with abbreviations and the caret
    configure, edit              applying a line: sections, defaults
    rules, rules124, rules17     references, refusals in the release's words, lines that mean more than they say
    store, model                 what is configured, and what it means to the router
    meaning                      what the wire asks of a configuration, and the answers of a router
    asa.configure, asa.edit, asa.lists, asa.model, asa.protection, asa.translation, asa.text
                                 the same for a firewall: applying a line, lists and objects, what they mean (IKEv2 and tunnels,
                                 address translation), how they are written
    asa_rules, asa_rules_*       references, refusals and defaults of a firewall, one module to each kind of line
    flash, archive, replace      files, archived configurations, going back to one of them at once or by a timer
    kron, reload, eem            what the box does by itself after a time
    network, ike, sa             packets between boxes, negotiation from both configurations, SAs and counters
    session, execs, execs124     what a session does; shows, shows_crypto and their 124 print
    asa.session, asa.execs, asa.execs_clear, asa.shows*, asa.packet_tracer
                                 the same on a firewall
    ping, asa_ping               echoes
    vty, telnet, ssh, ports      the line: echo, editing, round trips, and the two transports
    terminal                     what a session sees of a line
    faults, clock, box           what is broken, how fast time runs, one router with all of it
    asa_box, asa_hash, sessions  one firewall with all of it, its passwords, which box and session a profile gets
    played, loaded, loading      devices of somebody's inventory, and their own running configurations
    rehearsal, control, folder   all boxes of a lab, the channel to them, the private folder
    entry, cli                   the two doors: `start` and `attach` for programs, `nr-run lab` for people

A further release is a further pair of tables and, where it does more than store a line, a few rules; a further transport is
a further `vty.Vty`. Only `ssh` needs a package beside Python (asyncssh, the extra `lab`), and only `ports` imports it.
"""
