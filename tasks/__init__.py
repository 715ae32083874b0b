"""One device: Nornir tasks that gather, push, probe, observe, undo and save."""
