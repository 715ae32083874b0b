"""nr-run: network automation runbooks that change IPsec tunnels and prove the change."""
