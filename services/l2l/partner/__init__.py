"""The end of a tunnel that is not ours: its settings as a sheet, as a rehearsal plays it, and as a provider sends it. Pure."""
