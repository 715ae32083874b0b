"""Why a tunnel is not up: what its ends are configured with, how that differs, and how each cause shows. Pure."""
