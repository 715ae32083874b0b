"""CLI to state: TTP templates into typed frozen records that know what was not understood."""
