"""What to do: desired configuration against running configuration, as ordered steps and their exact inverse."""
