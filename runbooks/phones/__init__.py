"""The audit of head-ends for IP phones: read all at once, judge, and fix one cause where that is asked for."""
