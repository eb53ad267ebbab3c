"""What a server that deploy/install made has commands of its own for."""

import os
from pathlib import Path

INSTALLED = Path("/etc/bluelog/install.json")


def certificate_command(host: str) -> str:
    """What gets a certificate that browsers trust.

    certbot's part for nginx is not on such a server, and would change a site that upgrades write.
    """
    if os.access(INSTALLED, os.R_OK):
        return f"sudo /opt/bluelog/current/deploy/install {host} --certificate letsencrypt"
    return "sudo certbot --nginx"
