"""Logs that a person brings: of a VPN client, of an IP telephone, of a firewall. Text in, entries and what they mean out.

What a line means is a row of a table (`client_words` and its like), with its source. A line that no row
knows means nothing, and is never quoted.
"""
