"""What IOS has to undo a change by itself: reload, kron, the archive and its revert timer."""
