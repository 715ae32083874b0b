"""Work of a run that is done in another process, on this machine or another: tasks of devices, and whole deployments."""
