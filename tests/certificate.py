"""A certificate for this machine's tests and measurements, signed by itself."""

import subprocess
from pathlib import Path


def make_certificate(domain: str, certificate: Path, key: Path) -> None:
    """Write both files; the certificate is good for two days."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={domain}"]
    command += ["-addext", f"subjectAltName=DNS:{domain}"]
    command += ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run(command, check=True, capture_output=True)
